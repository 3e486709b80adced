//! Names and states: one to three words, the same wherever they stand.

use super::texts;

texts! {
    /// Names and states: one to three words, the same wherever they stand.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Word {
        // What the run does.
        Starting => en "starting…", zh "启动中…";
        Training => en "training", zh "训练中";
        Judging => en "judging", zh "评估中";
        Pausing => en "pausing…", zh "正在暂停…";
        Paused => en "paused", zh "已暂停";
        Resuming => en "resuming…", zh "正在继续…";
        Stopping => en "stopping…", zh "正在停止…";
        Diverged => en "diverged", zh "已发散";
        // How it ended.
        Completed => en "completed", zh "已完成";
        TargetReached => en "target reached", zh "已达目标";
        StoppedEarly => en "stopped early", zh "提前停止";
        Stopped => en "stopped", zh "已停止";
        Failed => en "failed", zh "失败";
        // Who steers.
        Watching => en "watching", zh "旁观";
        ReadOnly => en "read-only", zh "只读";
        Replay => en "replay", zh "回放";
        // Pages.
        Overview => en "overview", zh "总览";
        Runs => en "runs", zh "运行";
    }
}
