//! What panels show and what hyperparameters do, in four lines each: the same words wherever they are asked for.

use super::texts;

texts! {
    /// What panels show and what hyperparameters do: what it is, what more and less of it do, what is usual.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Explanation {
        LearningRate =>
            en "How far each step moves the parameters against their gradient.\nMore: faster, until the loss jumps or diverges. Less: steadier, slower, and may stay stuck.\nUsual: 1e-3 for Adam and AdamW, 0.01 to 0.1 for SGD; when the loss stops falling, a tenth of it.",
            zh "每一步沿梯度反方向移动参数的幅度。\n调大：学得更快，过大则损失跳动甚至发散。调小：更平稳，更慢，可能停滞。\n常用值：Adam、AdamW 为 1e-3，SGD 为 0.01 到 0.1；损失不再下降时可降为十分之一。";
        BatchSize =>
            en "Images that are averaged into one step.\nMore: smoother curves, fewer steps an epoch, often a higher rate is needed. Less: noisier, and often better on new images.\nUsual: 32 to 256.",
            zh "每一步取平均的图像数。\n调大：曲线更平滑，每轮步数更少，常需更大的学习率。调小：噪声更大，泛化往往更好。\n常用值：32 到 256。";
        WeightDecay =>
            en "Pulls weights towards zero at every step, against overfitting.\nMore: simpler functions; too much, and training accuracy falls too. Less: freer weights.\nUsual: 0, or 1e-4 to 1e-2 with AdamW.",
            zh "每一步把权重拉向零，抑制过拟合。\n调大：函数更简单；过大时训练准确率也会下降。调小：权重更自由。\n常用值：0，或配合 AdamW 用 1e-4 到 1e-2。";
        Augmentation =>
            en "How strongly training images are turned, moved, scaled and bent before each use; 0 for not at all.\nMore: harder images, lower training accuracy, often better validation. Less: the images as they are.\nUsual: 0 to try something, 1 for the best accuracy.",
            zh "训练图像每次使用前旋转、平移、缩放与变形的强度；0 为不变。\n调大：图像更难，训练准确率更低，验证往往更好。调小：接近原图。\n常用值：试验时为 0，追求最高准确率时为 1。";
        Dropout =>
            en "Multiplies the part of values that dropout layers set to zero while training; 0 for none.\nMore: less overfitting, slower learning. Less: the opposite.\nUsual: 1, which is what the network's layers say.",
            zh "训练时丢弃层置零比例的倍数；0 为不丢弃。\n调大：过拟合更少，学得更慢。调小：相反。\n常用值：1，即按网络各层的设定。";
        Epochs =>
            en "How often training goes through all its images.\nMore: longer, and with a schedule a slower fall of the rate; past some point it overfits. Less: it ends sooner.\nUsual: 5 to 20 for MNIST.",
            zh "训练遍历全部图像的次数。\n调大：更久；有调度时学习率下降更慢；过多则过拟合。调小：更早结束。\n常用值：MNIST 为 5 到 20。";
        Momentum =>
            en "How much of its last direction a step keeps: SGD's momentum, the first moment of Adam.\nMore: smoother and faster along valleys, may overshoot. Less: follows each batch.\nUsual: 0.9.",
            zh "每一步保留上次方向的比例：SGD 的动量，Adam 的一阶矩。\n调大：沿谷底更快更平滑，可能冲过头。调小：紧随每一批。\n常用值：0.9。";
        GradientNorm =>
            en "How long the gradient of a batch is: how steep the loss is where the parameters are.\nIt falls as the network learns. Leaps tell of unusual batches or of a rate that is too high; near 0 from the start, nothing is learnt.\nUsual: between 0.1 and 10; gradient clipping cuts what is longer.",
            zh "一个批次的梯度有多长，即损失在当前参数处有多陡。\n随着学习而下降。突然跃升说明批次异常或学习率过高；一开始就接近 0 则什么也学不到。\n常见：0.1 到 10；梯度裁剪会截短过长的梯度。";
        UpdateRatio =>
            en "By which part a step changes the weights of a layer, the greatest of all layers, measured once a second.\nUsual: 1e-4 to 1e-2. More: the rate is high, and the loss may jump. Less: it hardly learns.\nThe page of the network has it for each layer.",
            zh "一步使某层权重改变的比例，取各层最大者，每秒测量一次。\n通常：1e-4 到 1e-2。更大：学习率偏高，损失可能跳动。更小：几乎不学习。\n网络页逐层显示。";
        Throughput =>
            en "Images trained on in a second, between two messages of the trainer.\nDips tell of other programs on the machine, of larger batches to wait for, or of augmentation.\nJudging and pauses do not count.",
            zh "每秒训练的图像数，按训练端两次汇报之间计算。\n下降说明机器上有其他程序、批次变大或启用了数据增强。\n评估与暂停不计。";
        LabelSmoothing =>
            en "The part of each target that is spread over all classes.\nMore: less sure of itself, and the loss stays higher. Less: surer, also where it is wrong.\nUsual: 0, or 0.1.",
            zh "每个目标中均匀分给所有类别的部分。\n调大：预测更保守，损失保持较高。调小：更自信，出错时也一样。\n常用值：0 或 0.1。";
        ClipNorm =>
            en "The greatest norm that a gradient may have; longer ones are shortened. 0 for no limit.\nMore: rarely used. Less: calmer steps, slower where gradients are large.\nUsual: 0, or 1 when the loss has spikes.",
            zh "梯度范数的上限，更长的会被缩短；0 为不限。\n调大：很少生效。调小：步子更稳，梯度大处更慢。\n常用值：0；损失有尖峰时为 1。";
        Patience =>
            en "Epochs without a better validation loss after which training stops early; 0 for never.\nMore: waits longer. Less: stops sooner, maybe before a late gain.\nUsual: 0, or 3 to 5; the best parameters are kept.",
            zh "验证损失不再改善多少轮后提前停止；0 为从不。\n调大：等得更久。调小：停得更早，可能错过后来的进步。\n常用值：0，或 3 到 5；最好的参数会保留。";
        Loss =>
            en "How wrong the network is, by step: single batches faint, their mean as a line, judgements as marks.\nGood: falls quickly, then slowly, with validation close by. Bad: it jumps, or stays; validation that rises means overfitting.\nNumbers mark where a hyperparameter was changed.",
            zh "每一步网络错得多少：单批淡显，均值为线，评估为标记。\n好：先快后慢地下降，验证值相近。坏：跳动或停滞；验证值上升表示过拟合。\n数字标出更改超参数的位置。";
        Accuracy =>
            en "The part of images that are recognized, by step: training as a line, judgements as marks.\nGood: past 97 % within an epoch on MNIST. Bad: about 10 % is what guessing gives.\nTraining far above validation means overfitting.",
            zh "每一步识别正确的图像比例：训练为线，评估为标记。\n好：MNIST 一轮内超过 97 %。坏：约 10 % 等于乱猜。\n训练远高于验证表示过拟合。";
        Confusion =>
            en "What each class was taken for: a row is what an image is, a column what it was taken for.\nGood: everything on the diagonal. Beside it stand the mistakes; 4 and 9, 3 and 5, 7 and 2 are usual.\nIt counts training images, the validation set or the test set.",
            zh "每一类被认成了什么：行为真实类别，列为预测类别。\n好：都在对角线上。其余为错误；4 与 9、3 与 5、7 与 2 常见。\n可统计训练图像、验证集或测试集。";
        Samples =>
            en "Single images, what they are, and how probable the network finds each class.\nGood: one high bar at the right class. Bad: a high bar at a wrong one; two bars mean that it hesitates.\nTraining images can be looked at as they are augmented, too.",
            zh "单张图像、其真实类别，以及网络给各类的概率。\n好：正确类别上一根高柱。坏：错误类别上有高柱；两根表示犹豫。\n也可查看增强后的训练图像。";
        Gallery =>
            en "The images of the newest judgement, first the surest mistakes: what each is → what it was taken for, and how surely.\nForgotten ones were right before; never right ones may be labelled wrongly.\nEach judgement, at an epoch's end or when asked for, brings them up to date.",
            zh "最近一次评估的图像，最有把握的错误在前：真实 → 预测，以及确信程度。\n“已遗忘”的曾经正确；“从未正确”的可能标注有误。\n每轮结束或手动评估时更新。";
        Occlusion =>
            en "How much less sure the network is when a part of the image is covered.\nStrong: what it goes by. The other colour: it would be surer without that part.\nA digit's own strokes are good; the empty border would be strange.",
            zh "遮住图像某处后，网络的确信程度下降多少。\n颜色强：它所依据的部分。另一种颜色：没有该部分反而更确信。\n依据笔画本身是好的；依据空白边缘则奇怪。";
        Layers =>
            en "What an image goes through, from its pixels to one value a class, with the shape of each result and the values that are learnt.\nUpdate: by what part a step changes the weights; 1e-4 to 1e-2 is usual. Silent: units that never fire, and learn nothing.\nThe lines below are worked out from the layer's own numbers.",
            zh "图像从像素到每类一个值所经过的各层，包括输出形状与可学习的数值个数。\n更新：一步改变权重的比例，通常 1e-4 到 1e-2。沉默：从不激活、什么也学不到的单元。\n下方各行由该层自己的数字算出。";
        Activations =>
            en "What each map of the layer makes of the image: bright where its filter finds what it looks for.\nFirst layers find edges and strokes, later ones parts of digits.\nAn empty map found nothing here; one that is empty for every image is dead.",
            zh "该层每个图对图像的输出：越亮表示滤波器越找到了它要找的东西。\n前面的层找边缘与笔画，后面的层找数字的部分。\n空的图在此没有发现；对所有图像都空的是死的。";
        Filters =>
            en "The weights of each filter: one colour for what it wants to be bright, the other for what it wants to be dark.\nAt the start they are noise; after training, edges, lines and corners.\nA later layer has a filter for each channel of its input.",
            zh "每个滤波器的权重：一种颜色表示希望亮，另一种表示希望暗。\n开始时是噪声，训练后成为边缘、线条与拐角。\n后面的层对输入的每个通道各有一个滤波器。";
        Sum =>
            en "How one value of the layer comes about: the values under the window times the filter's weights, added up, plus the bias, then the activation.\nThe arrows move the window; f takes the next filter.\nThat is all a convolution does.",
            zh "该层一个值的由来：窗口下的值乘以滤波器权重，求和，加偏置，再经激活函数。\n方向键移动窗口；f 换下一个滤波器。\n卷积所做的仅此而已。";
        Draw =>
            en "What you draw is fitted and centred as the digits of MNIST were, and goes through the network while it trains.\nThe bars say how probable it finds each class; they follow every stroke and every epoch.\nThe left button draws, the right one erases; Shift and an arrow move the whole drawing.",
            zh "所画内容会像 MNIST 的数字那样缩放居中，并在训练中送入网络。\n柱子表示各类的概率，随每一笔、每一轮变化。\n左键画，右键擦；Shift 加方向键移动整个图。";
        Events =>
            en "What happened, the newest at the bottom: epochs, judgements, checkpoints, and every change with its number.\nProblems stand out in colour.\nThe same lines are in the run's folder, and in every export.",
            zh "发生的事，最新的在最下：轮、评估、检查点，以及带编号的每次更改。\n问题以颜色突出。\n运行的文件夹与导出中也有同样的内容。";
    }
}
