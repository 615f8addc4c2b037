//! The order of a model's parameters: which numbers of `theta` belong to which weight or bias.
//!
//! `theta` itself is a plain `[f64]` of length [`ParamLayout::dim`], flattened in PyTorch's
//! `parameters()` order: per layer `weight [out, in]` row-major, then `bias [out]`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// What the numbers of a block are to the network. Files of others name it so (docs/recordings.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// The weight of a dense layer, `[out, in]`.
    Dense,
    /// The weight of a convolution, `[out, in, ..]`.
    Convolution,
    /// What is added to each output, `[out]`.
    Bias,
    /// What a normalisation multiplies each output by, `[out]`.
    NormScale,
    /// Anything else, such as an embedding or the point of a surface: of any shape.
    #[serde(other)]
    Other,
}

/// One named block of `theta`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamBlock {
    /// PyTorch's name, such as `fc1.weight`.
    pub name: String,
    /// What its numbers are.
    pub kind: BlockKind,
    /// Its shape, row-major in theta; see [`BlockKind`].
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

    /// Whether it shifts or scales outputs one by one: it has no filters then.
    pub fn is_elementwise(&self) -> bool {
        matches!(self.kind, BlockKind::Bias | BlockKind::NormScale)
    }

    /// The places in `theta` of its filters: what leads into one output, `[in, ..]` of a weight `[out, in, ..]`
    /// (Li, Xu, Taylor, Studer, Goldstein 2018, section 4). What is no weight of a layer is one filter as a whole.
    pub fn filters(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let outputs = match self.kind {
            BlockKind::Dense | BlockKind::Convolution => self.shape.first().copied().unwrap_or(1),
            BlockKind::Other => 1,
            BlockKind::Bias | BlockKind::NormScale => 0,
        };
        let width = self.len().checked_div(outputs).unwrap_or(0);
        let offset = self.offset;
        (0..outputs).map(move |output| offset + output * width..offset + (output + 1) * width)
    }
}

/// The blocks of `theta`, in order and without gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParamLayout {
    blocks: Vec<ParamBlock>,
    /// The blocks of the model where theta holds coordinates of a run instead.
    spanned: Option<Vec<ParamBlock>>,
}

impl ParamLayout {
    /// Lays blocks of those names, kinds and shapes one after another.
    pub fn new(named: impl IntoIterator<Item = (String, BlockKind, Vec<usize>)>) -> Self {
        let mut blocks = Vec::new();
        let mut offset = 0;
        for (name, kind, shape) in named {
            let block = ParamBlock { name, kind, shape, offset };
            offset += block.len();
            blocks.push(block);
        }
        Self { blocks, spanned: None }
    }

    /// The layout of a theta of `rank` coordinates in an orthonormal basis of the space through a run's checkpoints, each
    /// of that layout: what follows from the checkpoints alone is the same there.
    pub fn span(rank: usize, of: Self) -> Self {
        let block = ("coordinate".to_owned(), BlockKind::Other, vec![rank]);
        Self { spanned: Some(of.blocks), ..Self::new([block]) }
    }

    /// Whether theta holds coordinates of a run rather than the model's parameters.
    pub fn is_span(&self) -> bool {
        self.spanned.is_some()
    }

    /// How many parameters the model has: the length of `theta`, unless that is of a [`ParamLayout::span`].
    pub fn parameters(&self) -> usize {
        self.model_blocks().last().map_or(0, |block| block.range().end)
    }

    /// The blocks of the model: those of `theta`, unless that is of a [`ParamLayout::span`].
    pub fn model_blocks(&self) -> &[ParamBlock] {
        self.spanned.as_ref().unwrap_or(&self.blocks)
    }

    /// The layout of dense layers: a shape `[out, in]` is a weight, `[out]` a bias.
    pub fn dense(named_shapes: impl IntoIterator<Item = (String, Vec<usize>)>) -> Self {
        let kind = |shape: &[usize]| if shape.len() == 1 { BlockKind::Bias } else { BlockKind::Dense };
        Self::new(named_shapes.into_iter().map(|(name, shape)| (name, kind(&shape), shape)))
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
        let layout = ParamLayout::dense([
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

    #[test]
    fn a_run_seen_by_coordinates_has_the_parameters_that_it_has() {
        let model = ParamLayout::dense([("w".into(), vec![3_900_000, 3])]);
        let layout = ParamLayout::span(9, model.clone());
        assert_eq!(layout.model_blocks(), model.blocks());
        assert_eq!((layout.dim(), layout.parameters(), layout.is_span()), (9, 11_700_000, true));
        let own = ParamLayout::dense([("w".into(), vec![2, 2])]);
        assert_eq!((own.parameters(), own.is_span()), (4, false));
    }

    #[test]
    fn a_filter_is_what_leads_into_one_output_whatever_the_rank() {
        use BlockKind::{Bias, Convolution, Dense, NormScale, Other};
        let layout = ParamLayout::new([
            ("conv.weight".into(), Convolution, vec![2, 3, 2, 2]),
            ("conv.bias".into(), Bias, vec![2]),
            ("norm.weight".into(), NormScale, vec![2]),
            // A row of one weight is no bias, and a vector that is none of a layer no bias either.
            ("fc.weight".into(), Dense, vec![1, 2]),
            ("token".into(), Other, vec![5]),
        ]);
        let filters = |at: usize| layout.blocks()[at].filters().collect::<Vec<_>>();
        assert_eq!(filters(0), [0..12, 12..24]);
        assert!(filters(1).is_empty() && filters(2).is_empty());
        let one = |filter| vec![filter];
        assert_eq!((filters(3), filters(4)), (one(28..30), one(30..35)));
        let elementwise: Vec<bool> = layout.blocks().iter().map(ParamBlock::is_elementwise).collect();
        assert_eq!(elementwise, [false, true, true, false, false]);
    }
}
