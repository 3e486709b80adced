//! What is said of a run, line by line: the labels.

use super::texts;

texts! {
    /// What is said of a run, line by line: the labels.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum FactLabel {
        Name => en "name", zh "名称";
        Id => en "id", zh "编号";
        Status => en "status", zh "状态";
        TrainedBy => en "being trained by", zh "训练者";
        Problem => en "problem", zh "问题";
        Reason => en "reason", zh "原因";
        Damaged => en "damaged", zh "损坏";
        Pinned => en "pinned", zh "已固定";
        Note => en "note", zh "备注";
        BranchedOff => en "branched off", zh "分出自";
        Started => en "started", zh "开始时间";
        Folder => en "folder", zh "文件夹";
        // Figures.
        TestAccuracy => en "test accuracy", zh "测试准确率";
        TestLoss => en "test loss", zh "测试损失";
        MacroF1 => en "macro F1", zh "宏平均 F1";
        ValidationAccuracy => en "validation accuracy", zh "验证准确率";
        ValidationLoss => en "validation loss", zh "验证损失";
        TrainingLoss => en "training loss", zh "训练损失";
        Interval => en "  95 % interval", zh "  95% 置信区间";
        WithoutLearning => en "  without learning", zh "  不学习时";
        CalibrationError => en "  calibration error", zh "  校准误差";
        ChosenBy => en "  chosen by", zh "  选取依据";
        Epochs => en "epochs", zh "轮数";
        TrainingTime => en "training time", zh "训练用时";
        Steps => en "steps", zh "步数";
        ImagesASecond => en "images a second", zh "每秒图像数";
        Weights => en "weights sha256", zh "权重 sha256";
        // The recipe.
        Preset => en "preset", zh "预设";
        Seed => en "seed", zh "随机种子";
        Data => en "data", zh "数据";
        Optimizer => en "optimizer", zh "优化器";
        Schedule => en "schedule", zh "学习率调度";
        Changes => en "changed on the way", zh "途中更改";
        Checkpoints => en "checkpoints", zh "检查点";
    }
}
