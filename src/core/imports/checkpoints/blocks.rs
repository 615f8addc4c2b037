//! Which tensors of a checkpoint are parameters, and what they are to the network.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::contents::Contents;
use super::error::FileError;
use super::files::listed;
use super::glob;
use super::tensor::{Body, Format, Tensor};
use crate::core::num::{BlockKind, ParamLayout};

/// Names of what no training step moves, and of what is no part of the model.
const NO_PARAMETERS: [&str; 14] = [
    "*running_mean",
    "*running_var",
    "*num_batches_tracked",
    "*moving_mean*",
    "*moving_variance*",
    // Keras numbers what a layer has: gamma, beta, the running mean and variance.
    "*batch_normalization*/vars/2",
    "*batch_normalization*/vars/3",
    "optimizer/*",
    "optimizer_weights/*",
    "metrics/*",
    "*seed_generator*",
    "*position_ids",
    "*attn.masked_bias",
    "*inv_freq",
];

/// The tensors of a run's first checkpoint that make theta, in their order.
#[derive(Debug)]
pub struct Blocks {
    /// They, in the first checkpoint.
    pub tensors: Vec<Tensor>,
    /// What was left out and how the others are taken.
    pub notes: Vec<String>,
    /// Names that are left out.
    left_out: BTreeSet<Arc<str>>,
}

/// A block that is other in a checkpoint than in the first: its name, and its shape here and there.
pub type Difference = (String, Option<Vec<usize>>, Option<Vec<usize>>);

impl Blocks {
    /// Those of a first checkpoint, without tensors of names as `without` says.
    ///
    /// # Errors
    /// If there is none.
    pub fn of(first: Contents, without: &[String]) -> Result<Self, FileError> {
        let (mut tensors, mut notes) = (Vec::new(), Vec::new());
        let [mut statistics, mut asked, mut other, mut twins] = [const { Vec::<Arc<str>>::new() }; 4];
        let mut known = BTreeMap::new();
        for tensor in first.tensors {
            let name = Arc::clone(&tensor.name);
            if without.iter().any(|pattern| glob::matches(pattern, &name, None)) {
                asked.push(name);
            } else if tensor.format == Format::Other || tensor.entries() == 0 {
                other.push(name);
            } else if NO_PARAMETERS.iter().any(|pattern| glob::matches(pattern, &name, None)) {
                statistics.push(name);
            } else if let Some(before) =
                place(&tensor).and_then(|place| known.insert(place, Arc::clone(&name)))
            {
                twins.push(format!("{name} (it is {before})").into());
            } else {
                tensors.push(tensor);
            }
        }
        let is_of_none = |pattern: &&String| !asked.iter().any(|name| glob::matches(pattern, name, None));
        if let Some(pattern) = without.iter().find(is_of_none) {
            let names: Vec<&Arc<str>> = tensors.iter().map(|tensor| &tensor.name).collect();
            return Err(FileError::NoSuch { pattern: pattern.clone(), names: listed(&names) });
        }
        if tensors.is_empty() && !asked.is_empty() {
            return Err(FileError::NothingLeft);
        }
        if tensors.is_empty() {
            return Err(FileError::NoParameters);
        }
        let told = [
            (&statistics, "running statistics and what no step moves"),
            (&other, "no numbers of a parameter"),
            (&twins, "the same numbers under another name"),
            (&asked, "as asked"),
        ];
        notes.extend(
            told.iter()
                .filter(|(names, _)| !names.is_empty())
                .map(|(names, why)| format!("Left out of theta, {why}: {}.", listed(names))),
        );
        if !first.beside.is_empty() {
            notes.push(format!("Left out, being no part of the model: {}.", listed(&first.beside)));
        }
        let turned: Vec<&Arc<str>> =
            tensors.iter().filter(|tensor| is_turned(tensor)).map(|tensor| &tensor.name).collect();
        if !turned.is_empty() {
            notes
                .push(format!("Kernels stand with their outputs first here, not last: {}.", listed(&turned)));
        }
        let name = |twin: &Arc<str>| twin.split(" (it is ").next().unwrap_or_default().into();
        let left_out =
            statistics.into_iter().chain(other).chain(asked).chain(twins.iter().map(name)).collect();
        Ok(Self { tensors, notes, left_out })
    }

    /// The same tensors of another checkpoint, in the same order.
    ///
    /// # Errors
    /// If one is missing, has another shape, or is not in the first.
    pub fn same(&self, contents: Contents) -> Result<Vec<Tensor>, Difference> {
        let (left_out, mut there): (Vec<Tensor>, Vec<Tensor>) =
            contents.tensors.into_iter().partition(|tensor| self.left_out.contains(&tensor.name));
        drop(left_out);
        let mut by_name: BTreeMap<Arc<str>, Tensor> =
            there.drain(..).map(|tensor| (Arc::clone(&tensor.name), tensor)).collect();
        let mut same = Vec::with_capacity(self.tensors.len());
        for first in &self.tensors {
            let found = by_name.remove(&first.name);
            match found.filter(|found| found.format != Format::Other) {
                // Their names and shapes are shared: there may be thousands of checkpoints.
                Some(found) if found.shape == first.shape => {
                    same.push(Tensor {
                        name: Arc::clone(&first.name),
                        shape: Arc::clone(&first.shape),
                        ..found
                    });
                }
                found => {
                    let shape = found.map(|found| found.shape.to_vec());
                    return Err((first.name.to_string(), shape, Some(first.shape.to_vec())));
                }
            }
        }
        let mut others =
            by_name.into_values().filter(|tensor| tensor.format != Format::Other && tensor.entries() > 0);
        match others.next() {
            Some(other) => Err((other.name.to_string(), Some(other.shape.to_vec()), None)),
            None => Ok(same),
        }
    }

    /// The layout that theta has, outputs first.
    pub fn layout(&self) -> ParamLayout {
        ParamLayout::new(self.tensors.iter().map(|tensor| {
            let mut shape = tensor.shape.to_vec();
            if is_turned(tensor) {
                shape.rotate_right(1);
            }
            (tensor.name.to_string(), kind(&tensor.name, shape.len()), shape)
        }))
    }
}

/// Where the numbers of a tensor lie, if that tells two of one place.
fn place(tensor: &Tensor) -> Option<(u64, Arc<[usize]>, Arc<std::path::Path>)> {
    match &tensor.body {
        Body::Plain { at } => Some((*at, Arc::clone(&tensor.shape), Arc::clone(&tensor.file))),
        Body::Strided { .. } | Body::Packed(_) => None,
    }
}

/// The last part of a name, without a number of Keras behind it.
fn last(name: &str) -> &str {
    let last = name.rsplit(['.', '/']).next().unwrap_or(name);
    last.split(':').next().unwrap_or(last)
}

/// Whether the outputs are the last axis, as Keras and Flax have it, and not the first.
pub fn is_turned(tensor: &Tensor) -> bool {
    let name = &tensor.name;
    let is_kernel = last(name) == "kernel" || (name.contains("/vars/") && !is_embedding(name));
    is_kernel && tensor.shape.len() >= 2
}

fn is_embedding(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["embed", "wte", "wpe"].iter().any(|word| name.contains(word))
}

fn kind(name: &str, axes: usize) -> BlockKind {
    let last = last(name);
    match axes {
        0 => BlockKind::Other,
        1 if last.contains("bias") || last == "beta" => BlockKind::Bias,
        1 if ["weight", "scale", "gamma"].contains(&last) => BlockKind::NormScale,
        1 if name.contains("normalization/vars/0") => BlockKind::NormScale,
        1 if name.contains("/vars/") => BlockKind::Bias,
        _ if axes == 1 || is_embedding(name) => BlockKind::Other,
        2 => BlockKind::Dense,
        _ => BlockKind::Convolution,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(name: &str, shape: &[usize], format: Format, at: u64) -> Tensor {
        let file = std::path::Path::new("x").into();
        Tensor { name: name.into(), shape: shape.into(), format, file, body: Body::Plain { at } }
    }

    fn network() -> Contents {
        let tensors = vec![
            tensor("conv.weight", &[8, 3, 3, 3], Format::F32, 0),
            tensor("bn.weight", &[8], Format::F32, 1),
            tensor("bn.bias", &[8], Format::F32, 2),
            tensor("bn.running_mean", &[8], Format::F32, 3),
            tensor("bn.num_batches_tracked", &[], Format::Other, 4),
            tensor("wte.weight", &[5, 8], Format::Bf16, 5),
            tensor("head.weight", &[5, 8], Format::Bf16, 5),
            tensor("fc.weight", &[2, 8], Format::F32, 7),
            tensor("token", &[8], Format::F32, 8),
        ];
        Contents { tensors, step: None, beside: vec!["optimizer".to_owned()] }
    }

    #[test]
    fn parameters_are_told_from_statistics_by_name_and_kind() {
        let blocks = Blocks::of(network(), &["tok*".to_owned()]).unwrap();
        let layout = blocks.layout();
        let kinds: Vec<(&str, BlockKind)> =
            layout.blocks().iter().map(|block| (block.name.as_str(), block.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("conv.weight", BlockKind::Convolution),
                ("bn.weight", BlockKind::NormScale),
                ("bn.bias", BlockKind::Bias),
                ("wte.weight", BlockKind::Other),
                ("fc.weight", BlockKind::Dense),
            ]
        );
        assert_eq!(
            blocks.notes,
            [
                "Left out of theta, running statistics and what no step moves: bn.running_mean.",
                "Left out of theta, no numbers of a parameter: bn.num_batches_tracked.",
                "Left out of theta, the same numbers under another name: head.weight (it is wte.weight).",
                "Left out of theta, as asked: token.",
                "Left out, being no part of the model: optimizer.",
            ]
        );
        assert_eq!(
            blocks.same(network()).unwrap().len(),
            5,
            "what is left out of the first is left out of all"
        );
    }

    #[test]
    fn a_block_that_is_other_is_named() {
        let blocks = Blocks::of(network(), &[]).unwrap();
        let with = |change: fn(&mut Contents)| {
            let mut contents = network();
            change(&mut contents);
            blocks.same(contents).unwrap_err()
        };
        let shape = |shape: &[usize]| Some(shape.to_vec());
        assert_eq!(
            with(|c| c.tensors[7].shape = [3, 8].into()),
            ("fc.weight".into(), shape(&[3, 8]), shape(&[2, 8]))
        );
        assert_eq!(with(|c| _ = c.tensors.remove(0)), ("conv.weight".into(), None, shape(&[8, 3, 3, 3])));
        let more = with(|c| c.tensors.push(tensor("fc.bias", &[2], Format::F32, 9)));
        assert_eq!(more, ("fc.bias".into(), shape(&[2]), None));
        assert!(matches!(Blocks::of(Contents::default(), &[]), Err(FileError::NoParameters)));
    }

    #[test]
    fn kernels_of_keras_and_flax_have_their_outputs_first_here() {
        let tensors = vec![
            tensor("layers/dense/vars/0", &[4, 2], Format::F32, 0),
            tensor("layers/dense/vars/1", &[2], Format::F32, 1),
            tensor("params/Conv_0/kernel", &[3, 3, 4, 7], Format::F32, 2),
            tensor("layers/embedding/vars/0", &[9, 4], Format::F32, 3),
            tensor("layers/batch_normalization/vars/0", &[4], Format::F32, 4),
            tensor("layers/batch_normalization/vars/2", &[4], Format::F32, 5),
        ];
        let layout = Blocks::of(Contents { tensors, ..Contents::default() }, &[]).unwrap().layout();
        let blocks: Vec<_> = layout.blocks().iter().map(|block| (block.kind, block.shape.clone())).collect();
        assert_eq!(
            blocks,
            [
                (BlockKind::Dense, vec![2, 4]),
                (BlockKind::Bias, vec![2]),
                (BlockKind::Convolution, vec![7, 3, 3, 4]),
                (BlockKind::Other, vec![9, 4]),
                (BlockKind::NormScale, vec![4]),
            ]
        );
    }
}
