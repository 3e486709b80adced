//! What a run says of itself, line by line.

use super::{Percent, texts};
use crate::protocol::{Hyper, Reason, Split};

texts! {
    /// What a run says of itself, line by line.
    #[derive(Clone, Debug, PartialEq)]
    pub enum LogText {
        Started { name: String, parameters: String, seed: u64 } =>
            en "{name} started: {parameters} parameters, seed {seed}", zh "{name} 开始训练：{parameters} 个参数，随机种子 {seed}";
        EpochDone { epoch: usize, loss: f64, accuracy: Percent } =>
            en "epoch {epoch} done: loss {loss:.4}, accuracy {accuracy}", zh "第 {epoch} 轮完成：损失 {loss:.4}，准确率 {accuracy}";
        Judged { split: Split, loss: f64, accuracy: Percent } =>
            en "{split} loss {loss:.4}, accuracy {accuracy}", zh "{split}损失 {loss:.4}，准确率 {accuracy}";
        Paused => en "paused", zh "已暂停";
        Resumed => en "resumed", zh "继续训练";
        HyperChanged { hyper: Hyper, from: String, to: String } => en "{hyper} {from} → {to}", zh "{hyper} {from} → {to}";
        HyperChangedBy { hyper: Hyper, from: String, to: String, by: String } =>
            en "{hyper} {from} → {to} by {by}", zh "{hyper} {from} → {to}（{by}）";
        LossNotFinite => en "loss not finite: no step made", zh "损失不是有限数：此步未执行";
        GradientNotFinite => en "gradient not finite: no step made", zh "梯度不是有限数：此步未执行";
        LayerNotFinite { layer: String } =>
            en "gradient of {layer} not finite: no step made", zh "{layer} 的梯度不是有限数：此步未执行";
        LossAndLayerNotFinite { layer: String } =>
            en "loss and gradient of {layer} not finite: no step made", zh "损失和 {layer} 的梯度不是有限数：此步未执行";
        ParametersTooLarge => en "parameters too large: no step made", zh "参数过大：此步未执行";
        LayerTooLarge { layer: String } =>
            en "parameters of {layer} too large: no step made", zh "{layer} 的参数过大：此步未执行";
        ScheduleStretched { epochs: usize, from: String, to: String } =>
            en "the schedule is stretched to {epochs} epochs: learning rate {from} → {to}",
            zh "学习率调度已拉长到 {epochs} 轮：学习率 {from} → {to}";
        ScheduleRestarted { from: String, to: String } =>
            en "the epochs added have a schedule of their own: learning rate {from} → {to}",
            zh "新增的轮次有自己的学习率调度：学习率 {from} → {to}";
        HowToGoOn => en "lower the rate and resume, or go back", zh "请调低学习率后继续，或者回退";
        StartRestored => en "parameters of the start restored", zh "已恢复初始参数";
        EpochRestored { epoch: usize } =>
            en "parameters of the end of epoch {epoch} restored", zh "已恢复第 {epoch} 轮结束时的参数";
        CheckpointRestored { step: u64 } =>
            en "parameters of the checkpoint of step {step} restored", zh "已恢复第 {step} 步检查点的参数";
        Saved { path: String } => en "parameters saved to {path}", zh "参数已保存到 {path}";
        NotSaved { path: String, reason: String } =>
            en "parameters not saved to {path}: {reason}", zh "参数未能保存到 {path}：{reason}";
        CheckpointTaken => en "checkpoint taken", zh "已生成检查点";
        NoCheckpoint { step: u64, reason: String } => en "no checkpoint of step {step}: {reason}", zh "第 {step} 步没有检查点：{reason}";
        DataNoted { note: String } => en "data: {note}", zh "数据：{note}";
        LayersRenewed { layers: String } =>
            en "{layers} starts anew: the parameters in the file are for other classes or images",
            zh "{layers} 重新初始化：文件中的参数对应其他类别或图像";
        CheckpointPassedOver { reason: String } => en "checkpoint not used: {reason}", zh "未使用的检查点：{reason}";
        TooLong { name: String, bytes: usize } => en "not recorded: an event {name} of {bytes} bytes is longer than a line may be", zh "未能记录：事件 {name} 有 {bytes} 字节，超过一行的上限";
        NotRecorded { reason: String } => en "not recorded: {reason}", zh "未能记录：{reason}";
        RecordedAgain => en "recorded again", zh "已恢复记录";
        NotServed { reason: String } => en "cannot be attached to: {reason}", zh "无法接入：{reason}";
        TrainingResumed { step: u64 } => en "training resumed after step {step}", zh "从第 {step} 步之后继续训练";
        SteeredByStarter => en "steered from where it was started again", zh "控制权回到启动训练的终端";
        SteeredBy { name: String } => en "steered by {name}", zh "由 {name} 操控";
        NobodySteers { name: String } => en "{name} has left; nobody steers", zh "{name} 已离开，无人操控";
        Refused { reason: Reason } => en "refused: {reason}", zh "已拒绝：{reason}";
        Completed => en "training completed", zh "训练完成";
        TargetReached => en "target accuracy reached", zh "已达到目标准确率";
        StoppedEarly { reason: Reason } => en "stopped early: {reason}", zh "提前停止：{reason}";
        Stopped => en "training stopped", zh "训练已停止";
        Failed { reason: Reason } => en "training failed: {reason}", zh "训练失败：{reason}";
    }
}
