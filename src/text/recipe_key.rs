//! What a field of a recipe is called.

use std::fmt::{Formatter, Result};

use super::{Language, Said};

/// A field of a recipe, as `run.json` has it (`data.train_limit`) or its last part in words (`train limit`). That is its
/// English name, too.
#[derive(Clone, Debug, PartialEq)]
pub struct RecipeKey(pub String);

impl Said for RecipeKey {
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> Result {
        let key = self.0.trim_end_matches(".kind");
        let name = key.rsplit('.').next().unwrap_or(key).replace('_', " ");
        to.pad(match (language, name.as_str()) {
            (Language::English, _) => &self.0,
            (Language::Chinese, "preset") => "预设",
            (Language::Chinese, "layers") => "网络层",
            (Language::Chinese, "parameters") => "参数个数",
            (Language::Chinese, "init from") => "初始参数",
            (Language::Chinese, "freeze") => "冻结的层",
            (Language::Chinese, "optimizer") => "优化器",
            (Language::Chinese, "seed") => "随机种子",
            (Language::Chinese, "source") => "数据",
            (Language::Chinese, "validation") => "验证图像",
            (Language::Chinese, "train limit") => "训练图像上限",
            (Language::Chinese, "nothing") => "“无”类别",
            (Language::Chinese, "rotation") => "旋转",
            (Language::Chinese, "scale") => "缩放",
            (Language::Chinese, "shift") => "平移",
            (Language::Chinese, "shear") => "剪切",
            (Language::Chinese, "elastic") => "弹性变形",
            (Language::Chinese, "schedule") => "学习率调度",
            (Language::Chinese, "warmup") => "预热",
            (Language::Chinese, "initial factor") => "起始倍数",
            (Language::Chinese, "final factor") => "最终倍数",
            (Language::Chinese, "anneal") => "退火方式",
            (Language::Chinese, "every") => "间隔",
            (Language::Chinese, "gamma") => "衰减倍数",
            (Language::Chinese, "patience") => "耐心",
            (Language::Chinese, "min delta") => "最小改善",
            (Language::Chinese, "until test accuracy") => "目标测试准确率",
            (Language::Chinese, _) => &self.0,
        })
    }
}
