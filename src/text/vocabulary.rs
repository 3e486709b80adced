//! How the types of the protocol are called and what reasons mean. Their English is that of files and the command line.

use std::fmt::{Display, Formatter, Result};

use super::{Language, Said};
use crate::protocol::{Code, Hyper, HyperError, Quantity, Reason, Split};

impl Said for Hyper {
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> Result {
        to.pad(match (language, self) {
            (Language::English, hyper) => hyper.label(),
            (Language::Chinese, Self::LearningRate) => "学习率",
            (Language::Chinese, Self::BatchSize) => "批大小",
            (Language::Chinese, Self::WeightDecay) => "权重衰减",
            (Language::Chinese, Self::Augmentation) => "数据增强",
            (Language::Chinese, Self::Dropout) => "丢弃",
            (Language::Chinese, Self::Epochs) => "轮数",
            (Language::Chinese, Self::Momentum) => "动量",
            (Language::Chinese, Self::LabelSmoothing) => "标签平滑",
            (Language::Chinese, Self::ClipNorm) => "梯度裁剪",
            (Language::Chinese, Self::Patience) => "早停耐心",
        })
    }
}

impl Said for Split {
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> Result {
        to.pad(match (language, self) {
            (Language::English, Self::Validation) => "validation",
            (Language::English, Self::Test) => "test",
            (Language::Chinese, Self::Validation) => "验证",
            (Language::Chinese, Self::Test) => "测试",
        })
    }
}

impl Said for Quantity {
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> Result {
        to.pad(match (language, self) {
            (Language::English, quantity) => quantity.name(),
            (Language::Chinese, Self::Loss) => "损失",
            (Language::Chinese, Self::Gradient) => "梯度",
            (Language::Chinese, Self::Parameter) => "参数",
        })
    }
}

impl Said for HyperError {
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> Result {
        let name = |hyper: &Hyper| super::say(hyper, language);
        match (language, self) {
            (Language::English, error) => error.fmt(to),
            (Language::Chinese, Self::OutOfRange { hyper, min, max, value }) => {
                write!(to, "{}须在 {min} 到 {max} 之间，不能是 {value}", name(hyper))
            }
            (Language::Chinese, Self::NotWhole { hyper, value }) => write!(to, "{}须为整数，不能是 {value}", name(hyper)),
        }
    }
}

impl Said for Reason {
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> Result {
        match (language, self) {
            (Language::Chinese, Self::Known(code)) => chinese(code, to),
            // A sentence stays as it is.
            (Language::English, _) | (_, Self::Words(_)) => self.fmt(to),
        }
    }
}

fn chinese(code: &Code, to: &mut Formatter<'_>) -> Result {
    to.write_str(match code {
        Code::NoValidation => "没有留出验证图像；请在启动时加上 --validation 5000",
        Code::NothingToRewind => "数值正常，无需回退",
        Code::NoWayBack { step, why } => return write!(to, "无法回到第 {step} 步的检查点：{why}"),
        Code::NoBestEpoch => "还没有评估过任何一轮；请回到起点",
        Code::NobodyElse => "没有别的客户端可以操控此运行",
        Code::NoDropout => "网络中没有丢弃层",
        Code::Value(error) => return error.said(Language::Chinese, to),
        Code::SteeredBy { by } => return write!(to, "正由 {by} 操控；请先接管"),
        Code::SteeredByStarter => "正由启动训练的终端操控；请先接管",
        Code::NobodySteers => "无人操控；请先接管",
        Code::SteerAlready => "你已在操控",
        Code::TooManyChanges => "控制权转手过于频繁",
        Code::TooManyCommands => "一次发送的命令过多",
        Code::ReadOnly => "你以只读方式接入",
        Code::RunIsOver => "训练已结束，训练它的进程也已退出",
        Code::ConnectionLost => "与训练进程的连接已断开",
        Code::NotBetter { loss, epoch, min_delta, waited } => {
            write!(to, "验证损失已有 {waited} 轮未低于第 {epoch} 轮的 {loss:.4}")?;
            return if *min_delta > 0.0 { write!(to, "（须低 {min_delta} 以上）") } else { Ok(()) };
        }
        Code::NeverFinite { waited } => return write!(to, "验证损失已有 {waited} 轮不是有限数"),
        Code::NotFinite { quantity, step } => {
            let quantity = super::say(quantity, Language::Chinese);
            return write!(to, "第 {step} 步的{quantity}不是有限数；请用更低的学习率重新开始");
        }
        Code::TooLarge { step } => return write!(to, "参数过大，无法执行第 {step} 步；请用更低的学习率重新开始"),
        Code::NothingToRestart => "没有增加轮次，或学习率没有调度；请直接设置轮数",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_said_in_both_languages_and_sentences_stay() {
        let cases: [(Reason, &str, &str); 4] = [
            (Code::NobodySteers.into(), "nobody steers; take over first", "无人操控；请先接管"),
            (
                Code::NotBetter { loss: 0.5, epoch: 3, min_delta: 0.01, waited: 2 }.into(),
                "the validation loss has not fallen below the 0.5000 of epoch 3 by more than 0.01 for 2 epochs",
                "验证损失已有 2 轮未低于第 3 轮的 0.5000（须低 0.01 以上）",
            ),
            (
                HyperError::OutOfRange { hyper: Hyper::BatchSize, min: 1.0, max: 8192.0, value: 0.0 }.into(),
                "batch_size must be between 1 and 8192, not 0",
                "批大小须在 1 到 8192 之间，不能是 0",
            ),
            ("out of memory".into(), "out of memory", "out of memory"),
        ];
        for (reason, english, chinese) in cases {
            let said = Language::ALL.map(|language| super::super::say(&reason, language));
            assert_eq!(said, [english, chinese]);
        }
    }
}
