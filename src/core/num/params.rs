//! The order of a model's parameters: which numbers of `theta` belong to which weight or bias.
//!
//! `theta` itself is a plain `[f64]` of length [`ParamLayout::dim`], flattened in PyTorch's
//! `parameters()` order: per layer `weight [out, in]` row-major, then `bias [out]`.

use std::ops::Range;

/// One named block of `theta`: a weight matrix or a bias vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamBlock {
    /// PyTorch's name, such as `fc1.weight`.
    pub name: String,
    /// `[out, in]` for a weight, `[out]` for a bias.
    pub shape: Vec<usize>,
    /// Index in `theta` of the block's first entry.
    pub offset: usize,
}

impl ParamBlock {
    /// How many parameters the block holds.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether the block holds no parameter.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The block's place in `theta`.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.len()
    }

    /// Whether this is a bias: the only blocks of one dimension.
    pub fn is_bias(&self) -> bool {
        self.shape.len() == 1
    }
}

/// The blocks of `theta`, in order and without gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParamLayout {
    blocks: Vec<ParamBlock>,
}

impl ParamLayout {
    /// Lays the named shapes one after another.
    pub fn new(named_shapes: impl IntoIterator<Item = (String, Vec<usize>)>) -> Self {
        let mut blocks = Vec::new();
        let mut offset = 0;
        for (name, shape) in named_shapes {
            let block = ParamBlock { name, shape, offset };
            offset += block.len();
            blocks.push(block);
        }
        Self { blocks }
    }

    /// The length of `theta`.
    pub fn dim(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.range().end)
    }

    /// The blocks in order.
    pub fn blocks(&self) -> &[ParamBlock] {
        &self.blocks
    }

    /// The readable name of one entry: `fc1.weight[0,1]`, or `fc2.bias` where a block holds one number.
    pub fn entry_name(&self, index: usize) -> Option<String> {
        let block = self.blocks.iter().find(|block| block.range().contains(&index))?;
        let at = index - block.offset;
        Some(match block.shape[..] {
            _ if block.len() == 1 => block.name.clone(),
            [_, columns] => format!("{}[{},{}]", block.name, at / columns, at % columns),
            _ => format!("{}[{at}]", block.name),
        })
    }

    /// The index of the entry of that name, as [`ParamLayout::entry_name`] writes it.
    pub fn entry_index(&self, name: &str) -> Option<usize> {
        (0..self.dim()).find(|&index| self.entry_name(index).as_deref() == Some(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_named_and_found_again() {
        let layout = ParamLayout::new([
            ("fc1.weight".into(), vec![3, 2]),
            ("fc1.bias".into(), vec![3]),
            ("fc2.weight".into(), vec![1, 3]),
            ("fc2.bias".into(), vec![1]),
        ]);
        assert_eq!(layout.dim(), 13);
        assert_eq!(layout.entry_name(3).as_deref(), Some("fc1.weight[1,1]"));
        assert_eq!(layout.entry_name(7).as_deref(), Some("fc1.bias[1]"));
        assert_eq!(layout.entry_name(12).as_deref(), Some("fc2.bias"));
        assert_eq!(layout.entry_name(13), None);
        for index in 0..13 {
            let name = layout.entry_name(index).unwrap();
            assert_eq!(layout.entry_index(&name), Some(index), "{name}");
        }
    }
}
