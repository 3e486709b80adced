//! Names, states and titles: a few words, the same wherever they stand.

use super::texts;

texts! {
    /// Names, states and titles: a few words, the same wherever they stand.
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
        Diverging => en "diverging", zh "正在发散";
        Stuck => en "stuck", zh "停滞";
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
        Charts => en "charts", zh "图表";
        Confusion => en "confusion", zh "混淆";
        ImagesPage => en "images", zh "图像";
        NetworkPage => en "network", zh "网络";
        DrawPage => en "draw", zh "绘制";
        Runs => en "runs", zh "运行";
        // Who steers.
        StartingTerminal => en "the terminal it was started on", zh "启动训练的终端";
        RecordedRuns => en "recorded runs", zh "已记录的运行";
        Parent => en "parent", zh "父运行";
        // What a language calls itself.
        LanguageName => en "English", zh "简体中文";
        // Parts of the data, as names of curves and of sets of images.
        OfTraining => en "training", zh "训练";
        OfValidation => en "validation", zh "验证";
        OfTest => en "test", zh "测试";
        OfOwn => en "my digits", zh "我的数字";
        OpenTitle => en "Open a picture of a digit", zh "打开一张数字图片";
        OpenHint => en "a file: PNG, JPEG or PNM", zh "文件：PNG、JPEG 或 PNM";
        WhatIsIt => en "What is it?", zh "这是什么？";
        OnTraining => en "training", zh "训练集";
        OnValidation => en "validation", zh "验证集";
        OnTest => en "test", zh "测试集";
        LossFact => en "loss", zh "损失";
        AccuracyFact => en "accuracy", zh "准确率";
        // Titles of panels and boxes.
        LossTitle => en "Loss", zh "损失";
        LearningRateTitle => en "Learning rate", zh "学习率";
        CanvasTitle => en "Draw a digit", zh "画一个数字";
        AnswerTitle => en "What the network says", zh "网络怎么说";
        PenUp => en "pen lifted", zh "笔已抬起";
        PenDown => en "pen down", zh "落笔";
        EraserDown => en "eraser", zh "橡皮";
        AsTheNetworkGetsIt => en "as it gets it", zh "网络所见";
        LayersTitle => en "Layers", zh "各层";
        ActivationsTitle => en "Activations", zh "激活";
        FiltersTitle => en "Filters", zh "滤波器";
        SumTitle => en "One pixel", zh "一个像素";
        OfTheInput => en "input", zh "输入";
        OfTheFilter => en "filter", zh "滤波器";
        Products => en "products", zh "乘积";
        ImageTitle => en "Image", zh "图像";
        ImagesTitle => en "Images", zh "图像";
        WhereItLooks => en "Where it looks", zh "关注之处";
        GradientNormTitle => en "Gradient norm", zh "梯度范数";
        UpdateRatioTitle => en "Update ratio", zh "更新比例";
        UpdateFact => en "update", zh "更新";
        ThroughputTitle => en "Images a second", zh "每秒图像数";
        // Which images, and in which order.
        FilterWrong => en "wrong", zh "错误";
        FilterUnsure => en "unsure", zh "不确定";
        FilterBecameWrong => en "became wrong", zh "由对变错";
        FilterBecameRight => en "became right", zh "由错变对";
        FilterForgotten => en "forgotten", zh "已遗忘";
        FilterNeverRight => en "never right", zh "从未正确";
        FilterAll => en "all", zh "全部";
        OrderWorst => en "worst first", zh "最差在前";
        OrderLeastSure => en "least sure first", zh "最不确定在前";
        OrderByClass => en "by class", zh "按类别";
        OrderAsJudged => en "as judged", zh "按评估顺序";
        OrderRandom => en "in no order", zh "乱序";
        ItsCourse => en "its course", zh "历程";
        MostLikeIt => en "most like it in training", zh "训练集中最相似";
        OnlyOneIsRight => en "Only one is right", zh "只有一个判对";
        NoSameImages =>
            en "these runs have judged no images in common: they have other data, or another seed holds other images out",
            zh "这两个运行没有共同判断过的图像：数据不同，或随机种子不同而验证图像不同";
        TestImagesChose =>
            en "the test images said when training ended, so that figures on them are better than on new images",
            zh "测试图像决定了何时结束训练，因此其指标优于新图像上的表现";
        ValidationImagesChose =>
            en "the validation images chose the epoch, and the test images had no say",
            zh "由验证图像选定轮次，测试图像未参与";
        NoImagesChose => en "no images chose the epoch: the last one was taken", zh "未用图像选取轮次：取最后一轮";
        NoSuchImages => en "there are none of these", zh "没有这样的图像";
        Searching => en "searching…", zh "查找中…";
        Asking => en "…", zh "…";
        // Why something cannot be shown.
        WhyNoLayer => en "this layer has nothing of that kind", zh "该层没有此内容";
        WhyNoImage => en "there is no such image", zh "没有这张图像";
        WhyWrongShape => en "the picture has another size than the images of the run", zh "图片尺寸与运行的图像不同";
        WhyNoCheckpoint => en "no checkpoint of that time is kept; runs.keep_checkpoints keeps more", zh "没有保留那时的检查点；runs.keep_checkpoints 可保留更多";
        WhyNoImages => en "the images of the run are not there any more, or are others now", zh "运行的图像已不在，或已改变";
        WhyOlder => en "the process that trains this run is older and cannot show this", zh "训练该运行的进程版本较旧，无法显示";
        WhyBusy => en "nobody answers yet", zh "暂无应答";
        AtTheCursor => en "at the cursor", zh "光标处";
        AtTheNewest => en "newest", zh "最新";
        OfTheBatch => en "batch", zh "批次";
        Smoothed => en "smoothed", zh "平滑";
        BatchSizeFact => en "batch size", zh "批大小";
        RateFact => en "rate", zh "学习率";
        GradientFact => en "gradient", zh "梯度";
        SpeedFact => en "images/s", zh "张/秒";
        StepFact => en "step", zh "步";
        EpochFact => en "epoch", zh "轮";
        TimeFact => en "time", zh "时间";
        ImagesFact => en "images", zh "图像";
        Before => en "loss before", zh "之前损失";
        After => en "loss after", zh "之后损失";
        EffectFact => en "effect", zh "效果";
        EffectInterval => en "loss by", zh "损失变化";
        EffectOnTraining => en "on training images", zh "在训练图像上测得";
        Helped => en "helped", zh "有益";
        Hurt => en "hurt", zh "有害";
        Unclear => en "unclear", zh "不明确";
        UnclearYet => en "not clear yet", zh "尚不明确";
        TooSoon => en "too soon", zh "为时尚早";
        NotMeasured => en "not measured", zh "未测量";
        NotRecorded => en "not recorded", zh "没有记录";
        AccuracyTitle => en "Accuracy", zh "准确率";
        HyperparametersTitle => en "Hyperparameters", zh "超参数";
        ConfusionTitle => en "Confusion", zh "混淆矩阵";
        SamplesTitle => en "Samples", zh "样本";
        AugmentedTitle => en "Augmented", zh "数据增强";
        WorstPairsTitle => en "Worst pairs", zh "最易混淆";
        ClassesTitle => en "Classes", zh "类别";
        Precision => en "precision", zh "精确率";
        Recall => en "recall", zh "召回率";
        F1 => en "F1", zh "F1";
        OfRow => en "% of row", zh "占行 %";
        OfColumn => en "% of column", zh "占列 %";
        Counts => en "images", zh "图像数";
        NothingConfused => en "nothing is confused", zh "没有混淆";
        EventsTitle => en "Events", zh "事件";
        KeysTitle => en "Keys", zh "按键";
        RunsTitle => en "Runs", zh "运行";
        FilterTitle => en "Filter", zh "筛选";
        RenameTitle => en "Rename", zh "改名";
        RewindTitle => en "Go back to", zh "回到";
        TheStart => en "the start", zh "起点";
        AsTyped => en "as typed", zh "自行输入";
        NoteTitle => en "Note", zh "备注";
        ExportTitle => en "Export as", zh "导出为";
        BranchTitle => en "Branch off after", zh "从何处分支";
        LeaveQuestion => en "Leave?", zh "要离开吗？";
        StopQuestion => en "Stop the training?", zh "要停止训练吗？";
        TakeOverQuestion => en "Take over?", zh "要接管吗？";
        RemoveOneQuestion => en "Remove this run?", zh "要删除此运行吗？";
        RemoveSomeQuestion => en "Remove these runs?", zh "要删除这些运行吗？";
        OverwriteQuestion => en "Overwrite?", zh "要覆盖吗？";
        // Hints.
        FilterHint => en "only runs with this: a part of a name, seed=7, status=running", zh "只列出匹配的运行：名称的一部分、seed=7、status=running";
        RenameHint => en "the new name", zh "新名称";
        NoteHint => en "nothing takes the note away", zh "留空则删去备注";
        ToThisFolder => en "to this folder", zh "导出到此文件夹";
        ToThisFile => en "to this file", zh "导出到此文件";
        // Parts of panels.
        True => en "true", zh "真实";
        Optimizer => en "optimizer", zh "优化器";
        KnownAtTheStart => en "known when the run starts", zh "运行开始后可见";
        Yes => en "yes", zh "是";
        Nothing => en "none", zh "无";
        NoDropoutLayers => en "no dropout layers", zh "没有丢弃层";
        NoSamplesYet => en "no samples yet", zh "暂无样本";
        WaitingForABatch => en "waiting for the first batch…", zh "等待第一个批次…";
        AtTheEnd => en "end", zh "结尾";
        Playing => en "playing", zh "播放中";
        FindTitle => en "Find", zh "查找";
        NothingFound => en "nothing has these letters", zh "没有找到";
        MoreDown => en "↓ more", zh "↓ 更多";
        MoreUp => en "↑ more", zh "↑ 更多";
        TheBest => en "* the best", zh "* 最佳";
        // The page of runs.
        TrashTitle => en "Bring back", zh "恢复";
        TrashIsEmpty => en "the trash is empty", zh "回收站是空的";
        EmptyTheTrash => en "empty the trash", zh "清空回收站";
        EmptyTrashQuestion => en "Empty the trash?", zh "清空回收站？";
        Exporting => en "exporting…", zh "导出中…";
        NoteWritten => en "note written", zh "备注已写入";
        NoteTakenAway => en "note taken away", zh "备注已删去";
        Reading => en "reading…", zh "读取中…";
        NoRunsYet => en "no runs are recorded yet", zh "还没有已记录的运行";
        Name => en "name", zh "名称";
        Status => en "status", zh "状态";
        Preset => en "preset", zh "预设";
        Seed => en "seed", zh "种子";
        Epochs => en "epochs", zh "轮数";
        Steps => en "steps", zh "步数";
        Images => en "images", zh "图像数";
        Time => en "time", zh "用时";
        StartedAt => en "started", zh "开始时间";
        NoteOfARun => en "note", zh "备注";
        SortedByStart => en "started", zh "开始时间";
        SortedBySeconds => en "seconds", zh "用时";
        PinnedRun => en "pinned", zh "已固定";
        PinnedShort => en "p", zh "固";
        Recipe => en "recipe", zh "配方";
        Now => en "now", zh "当前";
        History => en "history", zh "经历";
        Running => en "running", zh "运行中";
        RunningHere => en "running here", zh "在此运行";
        Damaged => en "damaged", zh "已损坏";
        Interrupted => en "interrupted", zh "已中断";
        // What exports are.
        JsonSummary => en "the summary, with a version of its form", zh "摘要，带格式版本";
        CsvSummary => en "a row for each step", zh "每步一行";
        MarkdownSummary => en "a report to paste into a pull request", zh "可贴进合并请求的报告";
        HtmlSummary => en "a report with curves to look into, one file", zh "可细看曲线的报告，单个文件";
        SvgSummary => en "the curves of loss, accuracy and learning rate", zh "损失、准确率和学习率曲线";
        DashboardSummary => en "the dashboard as a picture, in SVG", zh "仪表盘画面，SVG 格式";
        TensorboardSummary => en "a folder of event files for TensorBoard", zh "TensorBoard 事件文件夹";
        SafetensorsSummary => en "the parameters alone, in PyTorch's layouts", zh "仅参数，PyTorch 的排列";
        OnnxSummary => en "the network, for onnxruntime and others", zh "网络本身，供 onnxruntime 等使用";
        // When keys hold.
        WhileTypingAValue => en "While typing a value", zh "输入数值时";
        WhileTypingAText => en "While typing a text", zh "输入文字时";
        WhenChoosingFromAList => en "When choosing from a list", zh "从列表中选择时";
        WhenAskedForAYes => en "When asked for a yes", zh "询问是否时";
        WhenAskedHowToLeave => en "When asked how to leave", zh "询问如何离开时";
        WhenAskedWhetherToStop => en "When asked whether to stop", zh "询问是否停止时";
        WhenAskedWhetherToTakeOver => en "When asked whether to take over", zh "询问是否接管时";
        InTheListOfKeys => en "In the list of keys", zh "在按键列表中";
        WhileItTrains => en "While it trains", zh "训练时";
        WhileARecordedRunIsPlayed => en "While a recorded run is played", zh "回放运行时";
        OnEveryPage => en "On every page", zh "在每一页";
        Always => en "Always", zh "任何时候";
        OnTheOverview => en "On the overview", zh "在总览页";
        OnTheCharts => en "On the charts", zh "在图表页";
        OnTheConfusionPage => en "On the page of the confusion matrix", zh "在混淆矩阵页";
        OnThePageOfImages => en "On the page of images", zh "图像页";
        OnThePageOfTheNetwork => en "On the page of the network", zh "网络页";
        OnThePageToDraw => en "On the page to draw", zh "绘制页";
        OnThePageOfRuns => en "On the page of runs", zh "在运行页";
        WhereSomethingIsExplained => en "Where something is explained", zh "查看说明时";
        InTheDrawerOfHyperparameters => en "In the drawer of hyperparameters", zh "在超参数抽屉中";
        WhenGoingBack => en "When going back", zh "选择回退时刻时";
        WhileFindingSomething => en "While finding something", zh "查找时";
    }
}
