//! What a key does, in one line; each is named like the row that it explains.

use super::texts;

texts! {
    /// What a key does, in one line; each is named like the row that it explains.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum KeyHelp {
        ReplayPlay => en "pause, or play on; at the end, play again", zh "暂停或继续播放；到结尾后重新播放";
        ReplayBack => en "back by a hundredth of the run", zh "后退运行的百分之一";
        ReplayOn => en "on by a hundredth of the run", zh "前进运行的百分之一";
        ReplayStepsBack => en "pause, and back by the steps told at once", zh "暂停，并退回到上一次汇报的步";
        ReplayStepsOn => en "pause, and on by the steps told at once", zh "暂停，并前进到下一次汇报的步";
        ReplayEpochBack => en "back to the end of the epoch before", zh "退回上一轮的结尾";
        ReplayEpochOn => en "on to the end of the next epoch", zh "前进到下一轮的结尾";
        ReplayStart => en "to the start", zh "到开头";
        ReplayEnd => en "to the end of what is recorded", zh "到已记录内容的末尾";
        ReplaySlower => en "more slowly", zh "放慢";
        ReplayFaster => en "faster", zh "加快";
        RunPause => en "pause the training, or go on", zh "暂停训练，或继续";
        RunStep => en "train one batch, then wait", zh "训练一个批次，然后等待";
        RunUndo => en "take the last change back; again for the one before", zh "撤销最近一次更改；再按撤销更早的";
        RunEvaluate => en "judge the network on the validation images now", zh "立即在验证集上评估网络";
        RunCheckpoint => en "write a checkpoint now, and keep it", zh "立即写入检查点并保留";
        RunRewind =>
            en "after numbers went wrong: back to the last epoch's end, with half the rate",
            zh "数值出错后：回到上一轮结尾，学习率减半";
        RunStop => en "stop here and judge on the test set; asks first", zh "在此停止并在测试集上评估；先询问";
        RunTakeOver => en "steer the run from here; asks first", zh "从这里操控运行；先询问";
        ThemeNext => en "next theme", zh "下一个主题";
        LanguageNext => en "English or Chinese", zh "中文或英文";
        ChartScale => en "logarithmic or linear axis on the charts", zh "图表用对数轴或线性轴";
        Explain => en "what the focused panel or the selected value is, in a few lines", zh "用几行文字说明当前面板或所选超参数";
        Drawer => en "the hyperparameters, over any page", zh "在任何页面上打开超参数";
        Palette => en "every action and every setting, by a few letters", zh "输入几个字母，找到任何操作或设置";
        Mouse => en "leave the mouse to the terminal, to select text; or take it", zh "把鼠标交给终端以选取文字；或收回";
        Help => en "show this list", zh "显示此列表";
        RunDetach => en "leave; the training goes on in the background", zh "离开；训练在后台继续";
        Quit => en "leave; asks first while the training goes on", zh "离开；训练未结束时先询问";
        Interrupt => en "leave; twice drops the run at once", zh "离开；按两次立即放弃运行";
        Redraw => en "draw the screen again", zh "重绘屏幕";
        Suspend => en "back to the shell until `fg`", zh "回到 shell，直到输入 `fg`";
        ChoiceUp => en "the item above", zh "上一项";
        ChoiceDown => en "the item below", zh "下一项";
        ChoiceTake => en "take the selected item", zh "选定此项";
        ChoiceCancel => en "do nothing", zh "什么也不做";
        DrawerUp => en "select the value above", zh "选择上一项";
        DrawerDown => en "select the value below", zh "选择下一项";
        DrawerLess => en "less of the selected value", zh "减小所选数值";
        DrawerMore => en "more of the selected value", zh "增大所选数值";
        DrawerEdit => en "type a new value for the selected one", zh "为所选项输入新数值";
        DrawerUndo => en "take the last change back", zh "撤销最近一次更改";
        DrawerExplain => en "what the selected value is", zh "所选项是什么";
        DrawerClose => en "close the drawer", zh "关闭抽屉";
        EditTake => en "take what was typed", zh "采用输入的内容";
        EditCancel => en "leave it as it was", zh "保持原样";
        ExplainClose => en "close the explanation", zh "关闭说明";
        HelpUp => en "scroll up", zh "向上滚动";
        HelpDown => en "scroll down", zh "向下滚动";
        HelpPageUp => en "a page up", zh "上翻一页";
        HelpPageDown => en "a page down", zh "下翻一页";
        HelpStart => en "to the start", zh "到开头";
        HelpEnd => en "to the end", zh "到末尾";
        HelpSearch => en "show only lines with a text", zh "只显示含有某段文字的行";
        HelpTake => en "keep to the lines that were found", zh "只看找到的行";
        HelpCancel => en "show all lines again; close the list", zh "重新显示全部；关闭列表";
        HelpClose => en "close this list", zh "关闭此列表";
        PaletteUp => en "the line above", zh "上一行";
        PaletteDown => en "the line below", zh "下一行";
        PalettePageUp => en "a page up", zh "上翻一页";
        PalettePageDown => en "a page down", zh "下翻一页";
        PaletteTake => en "do what is selected", zh "执行所选项";
        PaletteCancel => en "do nothing", zh "什么也不做";
        PromptTake => en "take what was typed", zh "采用输入的内容";
        PromptCancel => en "leave it as it was", zh "保持原样";
        ConfirmYes => en "do it", zh "执行";
        ConfirmNo => en "do nothing", zh "什么也不做";
        LeaveStop => en "stop here, judge on the test set, show the result", zh "在此停止，在测试集上评估并显示结果";
        LeaveDetach => en "leave, train on in the background", zh "离开，训练在后台继续";
        LeaveHeadless => en "leave the dashboard, train on with progress lines", zh "离开仪表盘，继续训练并输出进度行";
        LeaveDiscard => en "quit at once; --resume goes on from here", zh "立即退出；以后可用 --resume 从此处继续";
        LeaveCancel => en "keep watching", zh "继续观看";
        StopYes => en "stop the training and judge", zh "停止训练并评估";
        StopNo => en "train on", zh "继续训练";
        TakeOverYes => en "steer from here", zh "从这里操控";
        TakeOverNo => en "keep watching", zh "继续观看";
        PageOverview => en "the run that is trained here", zh "正在此处训练的运行";
        PageRuns => en "all recorded runs", zh "所有已记录的运行";
        OverviewUp => en "select the row above; scroll up", zh "选择上一行；向上滚动";
        OverviewDown => en "select the row below; scroll down", zh "选择下一行；向下滚动";
        OverviewLeft => en "less of the selected value; page back", zh "减小所选数值；上一页";
        OverviewRight => en "more of the selected value; page on", zh "增大所选数值；下一页";
        OverviewEdit => en "type a new value, such as 3e-4", zh "输入新数值，例如 3e-4";
        OverviewPanel => en "go to the next panel", zh "到下一个面板";
        OverviewPanelBefore => en "go to the panel before", zh "到上一个面板";
        OverviewZoom => en "show the focused panel alone, or all of them", zh "只显示当前面板，或显示全部";
        OverviewConfusion => en "confusion of training, validation or test images", zh "训练集、验证集或测试集的混淆矩阵";
        OverviewSamplesOn => en "next samples", zh "下一组样本";
        OverviewSamplesBack => en "samples before", zh "上一组样本";
        OverviewAugmented => en "predictions on samples, or training images as they are augmented", zh "样本的预测，或增强后的训练图像";
        RunsUp => en "select the run above; scroll up", zh "选择上一个运行；向上滚动";
        RunsDown => en "select the run below; scroll down", zh "选择下一个运行；向下滚动";
        RunsPageUp => en "a page up", zh "上翻一页";
        RunsPageDown => en "a page down", zh "下翻一页";
        RunsLeft => en "select the compared run to the left", zh "选择左侧的运行";
        RunsRight => en "select the compared run to the right", zh "选择右侧的运行";
        RunsHide =>
            en "hide the curves of the selected one of the compared runs, or show them", zh "隐藏或显示所选比较运行的曲线";
        RunsUnit => en "charts over steps, epochs, images or time", zh "图表横轴：步、轮、图像或时间";
        RunsBack => en "back to the list", zh "返回列表";
        RunsShow => en "show the selected run", zh "查看所选运行";
        RunsMark => en "mark the selected run, or not", zh "标记所选运行，或取消标记";
        RunsMarkAll => en "mark all runs that are listed, or none", zh "标记列出的全部运行，或全部取消";
        RunsCompare => en "compare the marked runs", zh "比较已标记的运行";
        RunsFilter => en "list only runs with a text: mlp, seed=7, status=running", zh "只列出匹配的运行：mlp、seed=7、status=running";
        RunsSort => en "sort by start, accuracy, loss, name, status, time", zh "按开始时间、准确率、损失、名称、状态、用时排序";
        RunsResume => en "go on with the run where it stopped", zh "从运行停下之处继续";
        RunsBranch => en "go on from one of its checkpoints as a new run", zh "从其某个检查点分出新的运行";
        RunsReplay => en "play the run as it was", zh "回放此运行";
        RunsRename => en "call the run something else", zh "给运行改名";
        RunsNote => en "write something about the run", zh "为运行写备注";
        RunsPin => en "keep the marked runs from being pruned, or not", zh "清理时保留已标记的运行，或不再保留";
        RunsExport => en "write what is marked or shown as a file", zh "把标记或显示的运行导出为文件";
        RunsRemove => en "move the marked runs to the trash; asks first", zh "把已标记的运行移到回收站；先询问";
    }
}
