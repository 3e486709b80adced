//! What stands on pages with values in it, and whole sentences: titles, figures, counts, notices.

use super::{KeyHelp, KeyLabel, LogText, Percent, RunCount, Text, Word, texts};
use crate::protocol::{Hyper, Reason};

texts! {
    /// What stands on pages with values in it, and whole sentences.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Phrase {
        // The window's title, and notifications.
        TitleTraining { name: String, percent: f64, epoch: usize, epochs: usize } =>
            en "{name} {percent} % · epoch {epoch}/{epochs}", zh "{name} {percent} % · 第 {epoch}/{epochs} 轮";
        TitleAtRest { name: String, percent: f64, state: Word } =>
            en "{name} {percent} % · {state}", zh "{name} {percent} % · {state}";
        TitleReplay { title: String } => en "replay: {title}", zh "回放：{title}";
        EndedWith { state: Word, accuracy: Percent } =>
            en "{state}, test accuracy {accuracy}", zh "{state}，测试准确率 {accuracy}";
        Waits { what: Box<Text> } => en "waits: {what}", zh "等待处理：{what}";

        // The header.
        Net { preset: String } => en "net {preset}", zh "网络 {preset}";
        ConnectionLost { retry_in: u64 } =>
            en "connection lost, trying again in {retry_in} s", zh "连接断开，{retry_in} 秒后重试";
        CutOff { reason: Reason } => en "cut off: {reason}", zh "连接被关闭：{reason}";
        TestAccuracy { accuracy: String } => en "test accuracy {accuracy}", zh "测试准确率 {accuracy}";
        OfTraining { time: String } => en "{time} of training", zh "训练用时 {time}";
        Left { time: String } => en "{time} left", zh "剩余 {time}";
        Epoch { at: String, of: String } => en "epoch {at}{of}", zh "轮 {at}{of}";
        Step { at: String, of: String } => en "step {at}{of}", zh "步 {at}{of}";
        ImagesPerSecond { rate: String } => en "{rate} images/s", zh "{rate} 张/秒";
        ImagesPerSecondShort { rate: String } => en "{rate} img/s", zh "{rate} 张/秒";
        StillThere { quit: String } =>
            en "What was learned until then is still here to look at. {quit} leaves.", zh "到此为止学到的内容仍可查看。按 {quit} 离开。";
        HowToGoOn { rewind: String, resume: String } =>
            en "{rewind} goes back to a moment when all was well; or lower the learning rate, then {resume} goes on.",
            zh "按 {rewind} 回到一切正常的时刻；或者先调低学习率，再按 {resume} 继续。";
        LossFarAbove { loss: f64, best: f64 } =>
            en "diverging: the loss is {loss:.3}, and was {best:.3}", zh "正在发散：损失为 {loss:.3}，最低曾为 {best:.3}";
        NoBetterThanGuessing { accuracy: Percent, steps: u64 } =>
            en "stuck: {accuracy} right after {steps} steps is no better than guessing",
            zh "停滞：{steps} 步后正确率 {accuracy}，与乱猜无异";
        NoProgress { accuracy: Percent, epochs: u32 } =>
            en "stuck: the training loss has not fallen for {epochs} epochs, with {accuracy} right",
            zh "停滞：训练损失已有 {epochs} 轮没有下降，正确率 {accuracy}";
        LowerOrGoBack { rewind: String } =>
            en "Lower the learning rate, or {rewind} goes back to where it was better.",
            zh "请调低学习率，或按 {rewind} 回到更好的时刻。";
        RateMayBeTooHigh { rewind: String } =>
            en "The learning rate may be too high: {rewind} goes back to the start, or elsewhere, with a lower one.",
            zh "学习率可能过高：按 {rewind} 以更低的学习率回到起点或其他时刻。";

        // Going back.
        BestEpoch { epoch: usize } => en "epoch {epoch}, the best", zh "第 {epoch} 轮（最佳）";
        NewestEpoch { epoch: usize } => en "epoch {epoch}, the newest", zh "第 {epoch} 轮（最新）";
        BestAndNewestEpoch { epoch: usize } => en "epoch {epoch}, the best and newest", zh "第 {epoch} 轮（最佳且最新）";
        CheckpointIn { epoch: usize } => en "checkpoint, epoch {epoch}", zh "检查点，第 {epoch} 轮";
        HalfOf { rate: String } => en "half of the {rate} of now; or type one", zh "当前 {rate} 的一半；也可直接输入";
        AsItWasThen { rate: String } => en "as it was then, now {rate}; or type one", zh "与当时相同，当前为 {rate}；也可直接输入";

        SmoothedOver { steps: u64 } => en "smoothed over {steps} steps", zh "平滑 {steps} 步";
        NotSmoothed => en "not smoothed", zh "未平滑";
        EffectOfChanges { first: usize, last: usize } => en "effect {first}–{last}", zh "效果 {first}–{last}";
        ChangeNumber { number: usize } => en "change {number}", zh "更改 {number}";

        TakenFor { truth: String, predicted: String } => en "{truth} taken for {predicted}", zh "{truth} 被认作 {predicted}";
        SinceBefore { wrong: usize, right: usize, forgotten: usize } =>
            en "since the judgement before: {right} became right, {wrong} wrong; {forgotten} once right are wrong now",
            zh "与上次评估相比：{right} 个变对，{wrong} 个变错；曾经对而现在错的有 {forgotten} 个";
        SinceBeforeShort { wrong: usize, right: usize, forgotten: usize } =>
            en "+{right} right, +{wrong} wrong; {forgotten} forgotten", zh "变对 {right}，变错 {wrong}；遗忘 {forgotten}";
        TakenRight { class: String } => en "{class} right", zh "{class} 正确";
        ConvolutionMakes { filters: usize, kernel: usize, channels: usize, height: usize, width: usize } =>
            en "{filters} filters of {kernel} × {kernel} over {channels} channels make {filters} maps of {height} × {width}",
            zh "{channels} 个通道上的 {filters} 个 {kernel} × {kernel} 滤波器得到 {filters} 个 {height} × {width} 的图";
        ConvolutionOfOne { filters: usize, kernel: usize, height: usize, width: usize } =>
            en "{filters} filters of {kernel} × {kernel} make {filters} maps of {height} × {width}",
            zh "{filters} 个 {kernel} × {kernel} 滤波器得到 {filters} 个 {height} × {width} 的图";
        ConvolutionCounts { parameters: String, filters: usize, kernel: usize, channels: usize } =>
            en "{parameters} = {filters} × {channels} × {kernel} × {kernel} + {filters}", zh "{parameters} = {filters} × {channels} × {kernel} × {kernel} + {filters}";
        MaxPoolMakes { size: usize, from: String, to: String } =>
            en "the greatest of each {size} × {size} values: {from} become {to}", zh "每 {size} × {size} 个值取最大：{from} 变为 {to}";
        AveragePoolMakes { size: usize, from: String, to: String } =>
            en "the mean of each {size} × {size} values: {from} become {to}", zh "每 {size} × {size} 个值取平均：{from} 变为 {to}";
        FlattenMakes { from: String, to: String } => en "{from} values in one row: {to}", zh "{from} 个值排成一行：{to}";
        DenseMakes { units: usize, inputs: String } =>
            en "{units} units, each a sum of all {inputs} values", zh "{units} 个单元，各为全部 {inputs} 个值之和";
        DenseCounts { parameters: String, units: usize, inputs: String } =>
            en "{parameters} = {inputs} × {units} + {units}", zh "{parameters} = {inputs} × {units} + {units}";
        BatchNormMakes { channels: usize } =>
            en "each of {channels} maps is brought to mean 0 and deviation 1, then scaled and shifted",
            zh "{channels} 个图各自归一到均值 0、标准差 1，再缩放平移";
        BatchNormCounts { parameters: String, channels: usize } => en "{parameters} = 2 × {channels}", zh "{parameters} = 2 × {channels}";
        DropoutMakes { percent: String } => en "while training, {percent} of the values are set to 0", zh "训练时 {percent} 的值置零";
        ThenActivation { name: &'static str } => en "then {name}", zh "再经 {name}";
        SeenAs { class: String } => en "taken for {class}", zh "被认作 {class}";
        Parameters { count: String } => en "{count} parameters", zh "{count} 个参数";
        HowToDraw { key: String } =>
            en "Draw with the mouse, or press {key} and move the pen with the arrows.", zh "用鼠标画，或按 {key} 后用方向键移动笔。";
        BatchOf { step: String } => en "Batch of step {step}", zh "第 {step} 步的批次";
        WrongOf { wrong: usize, all: usize, step: String } =>
            en "{wrong} of {all} wrong by the network of step {step}", zh "按第 {step} 步的网络，{all} 个中错 {wrong} 个";
        LayerMeasured { weights: String, gradient: String, update: String, time: String } =>
            en "weights {weights}, gradient {gradient}, update {update}, {time} of the time",
            zh "权重 {weights}，梯度 {gradient}，更新 {update}，占时间 {time}";
        SilentUnits { count: u32, all: u32 } => en "{count} of {all} silent in the last batches", zh "最近几批中 {all} 个有 {count} 个沉默";
        AdviceTooEarly => en "A few more steps, and there is something to tell.", zh "再训练几步才能判断。";
        AdviceFine => en "As usual: an update between 1e-4 and 1e-2, and units that fire.", zh "正常：更新在 1e-4 与 1e-2 之间，单元有激活。";
        AdviceFrozen => en "This layer does not learn: it is frozen.", zh "该层不学习：已冻结。";
        AdviceNoGradient { key: String } =>
            en "You see no gradient: nothing comes back to learn from. Try a lower rate ({key}), or go back with b.",
            zh "没有梯度：无从学习。可调低学习率（{key}），或按 b 回退。";
        AdviceTooFast { update: String, key: String } =>
            en "You see an update of {update}: each step throws much of it away. Try a lower rate ({key}), about a third.",
            zh "更新为 {update}：每步改变过大。可把学习率（{key}）降到约三分之一。";
        AdviceTooSlow { update: String, key: String } =>
            en "You see an update of {update}: it hardly learns any more. Late in a training that is well; early, try a higher rate ({key}).",
            zh "更新为 {update}：几乎不再学习。训练后期正常；前期可调高学习率（{key}）。";
        AdviceSilent { count: u32, all: u32, key: String } =>
            en "You see {count} of {all} silent: they give 0 whatever comes, and no longer learn. Try a lower rate ({key}) from an earlier moment.",
            zh "{all} 个中 {count} 个沉默：无论输入都给 0，也不再学习。可从更早的时刻以更低的学习率（{key}）重来。";
        DigitKept { class: String, path: String } =>
            en "kept as {class} in {path}; every later run is judged on your digits, too", zh "已作为 {class} 保存到 {path}；以后每次运行都会评估你的数字";
        DigitNotKept { path: String, why: String } => en "not kept in {path}: {why}", zh "未能保存到 {path}：{why}";
        NoHomeForDigits => en "the system names no folder for your digits", zh "系统没有存放你的数字的文件夹";
        PictureNotOpened { path: String, why: String } => en "{path} cannot be opened: {why}", zh "无法打开 {path}：{why}";
        NoInk { path: String } => en "in {path} there is nothing written", zh "{path} 中没有笔迹";
        MapOf { number: usize, all: usize } => en "{number} of {all}", zh "第 {number}/{all}";
        ForInput { number: usize, all: usize } => en "input channel {number} of {all}", zh "输入通道 {number}/{all}";
        EmptyHere { count: usize, all: usize } => en "{count} of {all} empty for this image", zh "{all} 个中 {count} 个对此图像为空";
        StrongestChannel { number: usize, all: usize } => en "channel {number} of {all}, which counts most", zh "通道 {number}/{all}，贡献最大";
        SumOf { count: usize, sum: String, bias: String, before: String } =>
            en "{count} products  {sum}  + bias {bias}  = {before}", zh "{count} 个乘积 {sum} + 偏置 {bias} = {before}";
        AfterActivation { name: &'static str, after: String } => en "{name} makes it {after}", zh "{name} 得 {after}";
        WindowAt { row: usize, column: usize } => en "row {row}, column {column}", zh "第 {row} 行第 {column} 列";
        SomeOf { shown: String, all: String } => en "{shown} of {all}", zh "{all} 中的 {shown}";
        OnlyClass { class: String } => en "only {class}", zh "仅 {class}";
        NotJudgedYet { key: String } =>
            en "Images are judged at the end of each epoch; {key} judges them now.", zh "每轮结束时评估图像；按 {key} 立即评估。";
        ImageNumber { index: String } => en "Image {index}", zh "图像 {index}";
        AsOfStep { step: String } => en "as of step {step}", zh "第 {step} 步";
        Sure { sure: String } => en "{sure} sure", zh "确信 {sure}";
        ShowsAlike { key: String } => en "{key} shows what is most like it in training", zh "按 {key} 显示训练集中最相似的图像";
        InEpoch { epoch: usize } => en "epoch {epoch}", zh "第 {epoch} 轮";

        // Panels.
        Changed { count: usize } => en "{count} changed", zh "已更改 {count} 次";
        MoreDown { count: usize } => en "{count} more ↓", zh "还有 {count} 项 ↓";
        MoreUp { count: usize } => en "{count} more ↑", zh "还有 {count} 项 ↑";
        MoreUpAndDown { above: usize, below: usize } => en "{above} ↑ {below} ↓", zh "{above} ↑ {below} ↓";
        MoreBelow { count: usize } => en "{count} more below ↓", zh "下方还有 {count} 条 ↓";
        OptimizerAndSchedule { optimizer: &'static str, schedule: &'static str } =>
            en "{optimizer}, schedule {schedule}", zh "{optimizer}，调度 {schedule}";
        Now { rate: String } => en "now {rate}", zh "当前 {rate}";
        Strength { strength: String } => en "strength {strength}", zh "强度 {strength}";
        NotAugmented =>
            en "images are trained on as they are; raise the augmentation", zh "训练图像未经变换；调高数据增强即可看到";
        WithTheNextBatch => en "shown with the next batch", zh "下一批次时显示";
        NoRoomForAPicture => en "no room for a picture", zh "空间不足，无法显示图像";
        RightOf { right: usize, all: usize } => en "{right} of {all} right", zh "{all} 个中 {right} 个正确";
        Right { accuracy: String } => en "{accuracy} right", zh "{accuracy} 正确";
        OnTrainingInEpoch { epoch: usize } => en "training, epoch {epoch}", zh "训练集，第 {epoch} 轮";
        NotJudged { images: Box<Text> } => en "no {images} images judged yet", zh "尚未在{images}上评估";
        Axes { truth: String, predicted: String } => en "true {truth}↓  predicted {predicted}→", zh "真实 {truth}↓  预测 {predicted}→";

        // Typed values.
        OnlyANumber => en "only a number can be typed here, as in 3e-4", zh "这里只能输入数字，例如 3e-4";
        NotANumber => en "not a number; try 3e-4", zh "不是数字；例如 3e-4";
        Between { min: String, max: String } => en "{min} to {max}", zh "{min} 到 {max}";
        WholeOnly => en "whole numbers only", zh "只能是整数";

        // Notices.
        TooSlow { records: u64 } => en "too slow: skipped {records} looks at samples", zh "太慢：略过 {records} 次样本更新";
        TookOver { by: Box<Text>, key: String } => en "{by} took over; {key} takes back", zh "{by} 已接管；按 {key} 收回";
        YouSteer => en "you steer", zh "由你操控";
        SomebodySteers { by: Box<Text>, key: String } => en "{by} steers: {key} takes over", zh "正由 {by} 操控：按 {key} 接管";
        NobodySteers { key: String } => en "nobody steers: {key} takes over", zh "无人操控：按 {key} 接管";
        OnlyLooking => en "read-only: attach without --read-only to steer", zh "只读：去掉 --read-only 重新接入才能操控";
        RecordedRun => en "a recorded run cannot be changed", zh "已记录的运行不能更改";
        NothingToUndo => en "nothing to undo", zh "没有可撤销的更改";
        NothingTrainedHere { resume: String, branch: String, play: String } =>
            en "nothing is trained here; {resume} goes on with a run, {branch} branches off one, {play} plays one",
            zh "此处没有训练；{resume} 继续运行，{branch} 分支，{play} 回放";
        Copied { text: String } => en "copied {text}", zh "已复制 {text}";
        WrotePicture { path: String } => en "wrote {path}.svg and .txt", zh "已写入 {path}.svg 和 .txt";
        NoPicture { path: String, reason: String } => en "cannot write {path}: {reason}", zh "无法写入 {path}：{reason}";
        MouseIsOurs => en "the mouse is the dashboard's", zh "鼠标由仪表盘使用";
        MouseIsTheTerminals => en "the mouse is the terminal's", zh "鼠标交给终端使用";
        Action { label: KeyLabel, help: KeyHelp } => en "{label}: {help}", zh "{label}：{help}";
        Set { hyper: Hyper } => en "set {hyper}", zh "设置{hyper}";
        Speak { name: String } => en "language {name}", zh "语言 {name}";
        Theme { name: String } => en "theme {name}", zh "主题 {name}";

        // Questions.
        TrainingGoesOn => en "Meanwhile the training goes on.", zh "训练仍在进行。";
        ThenJudged => en "The network is then judged on the test set.", zh "随后在测试集上评估网络。";
        WillWatch { by: Box<Text> } => en "{by} steers, and will watch then.", zh "目前由 {by} 操控，之后将转为旁观。";
        NobodySteersNow => en "Nobody steers at the moment.", zh "目前无人操控。";

        // The page of runs.
        Repair { id: String } =>
            en "`mnist-tui runs repair {id}` takes them out, and keeps them", zh "用 `mnist-tui runs repair {id}` 可取出并另存损坏的行";
        Process { id: String, host: String } => en "process {id} on {host}", zh "{host} 上的进程 {id}";
        NoCheckpointThere => en "it has no checkpoint", zh "它没有检查点";
        CheckpointAt { step: String, checkpoint: Box<Text> } => en "step {step}, {checkpoint}", zh "第 {step} 步，{checkpoint}";
        ParametersOf { preset: String, parameters: String } =>
            en "{preset}, {parameters} parameters", zh "{preset}，{parameters} 个参数";
        TrainedOn { data: String, images: String } => en "{data}, {images} images to train on", zh "{data}，{images} 张训练图像";
        BranchedAfter { run: String, step: String } => en "{run} after step {step}", zh "{run}，第 {step} 步后";
        ChangedAt { step: u64, epoch: usize, change: LogText } =>
            en "step {step}, epoch {epoch}: {change}", zh "第 {step} 步，第 {epoch} 轮：{change}";
        AtStep { step: u64 } => en "step {step}", zh "第 {step} 步";
        Checkpoint { epoch: f64, size: String } => en "epoch {epoch}, {size} KB", zh "第 {epoch} 轮，{size} KB";
        JudgedCheckpoint { epoch: f64, accuracy: Percent, size: String } =>
            en "epoch {epoch}, validation {accuracy}, {size} KB", zh "第 {epoch} 轮，验证 {accuracy}，{size} KB";
        BestCheckpoint { checkpoint: Box<Text> } => en "{checkpoint}, the best", zh "{checkpoint}，最佳";
        BeingTrainedStays { names: String } => en "being trained, so it stays: {names}", zh "正在训练，不能删除：{names}";
        ToTheTrash { names: String } => en "{names}: to the folder .trash beside the runs", zh "{names}：移到运行目录旁的 .trash 文件夹";
        RemovedAt { when: String, size: String } => en "removed {when}, {size} KB", zh "{when} 删除，{size} KB";
        ForGood { runs: RunCount, size: String } => en "{runs} for good, {size} KB", zh "永久删除 {runs}，{size} KB";
        GoneForGood { runs: RunCount } => en "{runs}: nothing brings them back", zh "{runs}，无法恢复";
        BackIn { path: String } => en "back in {path}", zh "已恢复到 {path}";
        Deleted { runs: RunCount, size: String } => en "{runs} deleted, {size} KB", zh "已删除 {runs}，{size} KB";
        MarkTwo { key: String } => en "mark two runs or more with {key}, then compare them", zh "先用 {key} 标记至少两个运行，再比较";
        FirstOfMarked { shown: usize, marked: usize } => en "the first {shown} of the {marked} marked", zh "已标记 {marked} 个，取前 {shown} 个";
        IsTrainedBy { owner: Box<Text> } => en "it is being trained by {owner}", zh "它正由 {owner} 训练";
        RunIsOver { key: String } => en "it is over; {key} branches off a checkpoint, for more epochs", zh "它已结束；按 {key} 从检查点分支，可再训练几轮";
        ExportAs { format: &'static str } => en "Export as {format}", zh "导出为 {format}";
        OnlyWatches =>
            en "this dashboard only watches; `mnist-tui runs browse` goes on with runs",
            zh "此仪表盘只能旁观；请用 `mnist-tui runs browse` 继续运行";
        StopItFirst { page: String, stop: String } => en "a run trains here: stop it first ({page}, then {stop})", zh "此处正在训练：请先停止（按 {page}，再按 {stop}）";
        CannotBeCalled { name: String, reason: String } => en "a run cannot be called {name}: {reason}", zh "运行不能命名为 {name}：{reason}";
        NowCalled { name: String } => en "now called {name}", zh "已改名为 {name}";
        Pinned { runs: RunCount } => en "{runs} pinned", zh "已固定 {runs}";
        Unpinned { runs: RunCount } => en "{runs} unpinned", zh "已取消固定 {runs}";
        Moved { runs: RunCount, to: String } => en "{runs} moved to {to}", zh "已将 {runs}移到 {to}";
        Wrote { path: String } => en "wrote {path}", zh "已写入 {path}";
        RunsShown { first: usize, last: usize, all: usize } =>
            en "{first} – {last} of {all}  ← →", zh "第 {first} – {last} 个，共 {all} 个  ← →";
        AlwaysClass { share: String, class: String } => en "{share}: always {class}", zh "{share}：总是答 {class}";
        OnlyRunIsRight { run: String } => en "only {run} is right", zh "只有 {run} 判对";
        SideBySide { runs: usize } => en "{runs} runs side by side", zh "{runs} 个运行并排比较";
        ShownOf { shown: usize, all: usize } => en "{shown} of {all}", zh "{shown}/{all}";
        Marked { count: usize } => en "{count} marked", zh "已标记 {count} 个";
        SortedBy { what: Word } => en "by {what}", zh "按{what}排序";
        NoRunMatches { key: String } => en "no run matches; {key} changes the filter", zh "没有匹配的运行；按 {key} 更改筛选";
        BranchedOff { run: String, step: String } => en "branched off {run} after step {step}", zh "在第 {step} 步后由 {run} 分出";
        TrainedBy { owner: Box<Text> } => en "trained by {owner}", zh "由 {owner} 训练";
        Recipe { preset: String, seed: u64, data: String, optimizer: &'static str } =>
            en "{preset}, seed {seed}, {data}, {optimizer}", zh "{preset}，种子 {seed}，{data}，{optimizer}";
    }
}
