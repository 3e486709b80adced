//! What a key does, in one or two words.

use super::texts;

texts! {
    /// What a key does, in one or two words.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum KeyLabel {
        All => en "all", zh "全部";
        Augmented => en "augmented", zh "增强图像";
        Back => en "back", zh "返回";
        Branch => en "branch", zh "分支";
        Cancel => en "cancel", zh "取消";
        Change => en "change", zh "调整";
        Checkpoint => en "checkpoint", zh "检查点";
        Choose => en "choose", zh "选定";
        Close => en "close", zh "关闭";
        Compare => en "compare", zh "比较";
        Confusion => en "confusion", zh "混淆矩阵";
        Detach => en "detach", zh "转入后台";
        DoIt => en "do it", zh "执行";
        Down => en "down", zh "向下";
        End => en "end", zh "末尾";
        Epoch => en "epoch", zh "逐轮";
        EpochBack => en "epoch back", zh "上一轮";
        Evaluate => en "evaluate", zh "评估";
        Explain => en "explain", zh "说明";
        Export => en "export", zh "导出";
        FewSteps => en "few steps", zh "几步";
        Filter => en "filter", zh "筛选";
        Find => en "find", zh "查找";
        Help => en "help", zh "帮助";
        Hide => en "hide", zh "隐藏";
        KeepWatching => en "keep watching", zh "继续观看";
        Language => en "language", zh "语言";
        Left => en "left", zh "向左";
        Less => en "less", zh "减小";
        LinearAxis => en "linear axis", zh "线性轴";
        LogAxis => en "log axis", zh "对数轴";
        Mark => en "mark", zh "标记";
        MarkAll => en "mark all", zh "全部标记";
        More => en "more", zh "增大";
        Mouse => en "mouse", zh "鼠标";
        Next => en "next", zh "下一组";
        No => en "no", zh "否";
        Note => en "note", zh "备注";
        OneStep => en "one step", zh "单步";
        Overview => en "overview", zh "总览";
        PageDown => en "page down", zh "下翻";
        PageUp => en "page up", zh "上翻";
        Panel => en "panel", zh "面板";
        PanelBefore => en "panel before", zh "上一面板";
        Pause => en "pause", zh "暂停";
        Pin => en "pin", zh "固定";
        Play => en "play", zh "播放";
        PlayAgain => en "play again", zh "重播";
        Predictions => en "predictions", zh "预测";
        Previous => en "previous", zh "上一组";
        ProgressLines => en "progress lines", zh "进度行";
        Quit => en "quit", zh "退出";
        QuitAtOnce => en "quit at once", zh "立即退出";
        Redraw => en "redraw", zh "重绘";
        Remove => en "remove", zh "删除";
        Rename => en "rename", zh "改名";
        Replay => en "replay", zh "回放";
        Resume => en "resume", zh "继续";
        Rate => en "rate", zh "学习率";
        Rewind => en "go back", zh "回退";
        Right => en "right", zh "向右";
        Runs => en "runs", zh "运行";
        Samples => en "samples", zh "样本";
        Scroll => en "scroll", zh "滚动";
        Search => en "search", zh "搜索";
        Seek => en "seek", zh "快进退";
        SeekBack => en "back", zh "后退";
        Select => en "select", zh "选择";
        Show => en "show", zh "查看";
        Slower => en "slower", zh "放慢";
        Sort => en "sort", zh "排序";
        Speed => en "speed", zh "速度";
        Start => en "start", zh "开头";
        StepsBack => en "steps back", zh "退几步";
        Stop => en "stop", zh "停止";
        StopAndJudge => en "stop and judge", zh "停止并评估";
        Suspend => en "suspend", zh "挂起";
        Take => en "take", zh "确定";
        TakeOver => en "take over", zh "接管";
        Theme => en "theme", zh "主题";
        TrainOn => en "train on", zh "继续训练";
        TypeAValue => en "type a value", zh "输入数值";
        Unit => en "unit", zh "单位";
        Undo => en "undo", zh "撤销";
        Up => en "up", zh "向上";
        Values => en "values", zh "超参数";
        Yes => en "yes", zh "是";
        Zoom => en "zoom", zh "放大";
    }
}
