//! Plan folders, which a cluster works on: what is to be evaluated, and the directions (see `docs/recordings.md`).

use serde::Serialize;
use serde_json::json;

use crate::core::experiment::Experiment;
use crate::core::experiment::pipeline::Plan;
use crate::core::grid::GridSpec;
use crate::core::grid::tile::levels;
use crate::core::io::hash::sha256;
use crate::core::subspace::Subspace;
use crate::core::train::Checkpoint;

/// The files of a plan folder, as bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanFolder {
    /// `plan.json`.
    pub plan: Vec<u8>,
    /// `directions.safetensors`.
    pub directions: Vec<u8>,
    /// Tiles that there are to be.
    pub tiles: usize,
}

/// Cells of a tile: what a worker does before it looks whether more is wanted.
const TILE_CELLS: usize = 64;

/// A tile as a plan names it.
#[derive(Serialize)]
struct PlannedTile {
    id: usize,
    stride: usize,
    indices: Vec<Vec<u32>>,
}

/// The plan of a grid in a subspace of an experiment's parameter space; the grid's axes run along its first directions.
pub fn plan_folder(experiment: &Experiment, plan: &Plan, subspace: &Subspace, spec: &GridSpec) -> PlanFolder {
    let directions = safetensors(subspace, spec.axes().len());
    let tiles = tiles(spec);
    let axes: Vec<_> = spec.axes().iter().zip(&plan.plane.axes).collect();
    let blocks = experiment.problem().layout().blocks().iter();
    let content = json!({
        "format": 1,
        "program": concat!("losscape ", env!("CARGO_PKG_VERSION")),
        "name": experiment.heading(),
        "recording": null,
        "dim": subspace.dim(),
        "blocks": blocks.map(|block| json!({"name": block.name, "kind": block.kind, "shape": block.shape}))
            .collect::<Vec<_>>(),
        "left_out": [],
        "plane": plane(experiment, plan, subspace, axes.len()),
        "axes": axes.iter().map(|(axis, meaning)| {
            json!({"name": meaning.name, "low": axis.low, "high": axis.high, "count": axis.count})
        }).collect::<Vec<_>>(),
        "directions": sha256(&directions),
        "evaluation": null,
        "tiles": tiles,
    });
    PlanFolder { plan: content.to_string().into_bytes(), directions, tiles: tiles.len() }
}

/// What is to be found again of the plane, and of the path in it.
fn plane(experiment: &Experiment, plan: &Plan, subspace: &Subspace, k: usize) -> serde_json::Value {
    let points: Vec<&Checkpoint> =
        plan.sound.checkpoints().iter().filter(|point| point.theta.iter().all(|v| v.is_finite())).collect();
    let places: Vec<_> = points.iter().map(|point| subspace.project(&point.theta)).collect();
    json!({
        "name": experiment.slice.plane.name(),
        "explained": plan.plane.axes.iter().take(k).map(|axis| axis.explained).collect::<Vec<_>>(),
        "path": {
            "alpha": places.iter().map(|place| &place.alpha[..k]).collect::<Vec<_>>(),
            "residual": places.iter().map(|place| place.residual).collect::<Vec<_>>(),
            // Numbers that are not finite are null in JSON.
            "loss": points.iter().map(|point| point.loss).collect::<Vec<_>>(),
            "step": points.iter().map(|point| point.step).collect::<Vec<_>>(),
        },
    })
}

fn tiles(spec: &GridSpec) -> Vec<PlannedTile> {
    let levels = levels(spec, TILE_CELLS).into_iter();
    let all = levels.flat_map(|level| level.tiles.into_iter().map(move |tile| (level.stride, tile)));
    let axes = spec.axes().len();
    let planned = |(id, (stride, tile)): (usize, (usize, crate::core::grid::Tile))| PlannedTile {
        id,
        stride,
        indices: tile.indices.iter().take(axes).map(|indices| indices.to_vec()).collect(),
    };
    all.enumerate().map(planned).collect()
}

/// Origin and directions in the [format of safetensors](https://github.com/huggingface/safetensors#format): the length of a
/// header in JSON, that header, and the numbers one after another.
fn safetensors(subspace: &Subspace, axes: usize) -> Vec<u8> {
    let named = (1..=axes).map(|i| format!("direction{i}"));
    let names: Vec<String> = std::iter::once("origin".to_owned()).chain(named).collect();
    let bytes = subspace.dim() * size_of::<f64>();
    let entry = |(at, name): (usize, &String)| {
        let offsets = [at * bytes, (at + 1) * bytes];
        (name.clone(), json!({"dtype": "F64", "shape": [subspace.dim()], "data_offsets": offsets}))
    };
    let header: serde_json::Map<_, _> = names.iter().enumerate().map(entry).collect();
    let mut header = serde_json::Value::Object(header).to_string();
    // Numbers begin at a multiple of 8.
    header.push_str(&" ".repeat(header.len().next_multiple_of(8) - header.len()));
    let mut all = (header.len() as u64).to_le_bytes().to_vec();
    all.extend(header.into_bytes());
    let vectors =
        std::iter::once(subspace.origin()).chain(subspace.directions()[..axes].iter().map(Vec::as_slice));
    vectors.flatten().for_each(|number| all.extend(number.to_le_bytes()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grid::Axis;

    #[test]
    fn directions_are_as_the_format_of_safetensors_says() {
        let subspace = Subspace::new(vec![1.0, 2.0], vec![vec![0.5, 0.0], vec![0.0, -4.0]]).unwrap();
        let bytes = safetensors(&subspace, 2);
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        assert_eq!((length % 8, header["direction2"]["data_offsets"][0].as_u64()), (0, Some(32)));
        let numbers = bytes[8 + length..].as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight));
        assert_eq!(numbers.collect::<Vec<_>>(), [1.0, 2.0, 0.5, 0.0, 0.0, -4.0]);
    }

    #[test]
    fn tiles_hold_each_cell_once_the_coarse_ones_first() {
        let axes = [(9, 0.0), (21, 1.0)].map(|(count, low)| Axis { low, high: 2.0, count });
        let spec = GridSpec::new(axes.to_vec()).unwrap();
        let tiles = tiles(&spec);
        let mut seen = vec![0; spec.cells()];
        for tile in &tiles {
            for i2 in &tile.indices[1] {
                tile.indices[0].iter().for_each(|i1| seen[(i2 * 9 + i1) as usize] += 1);
            }
        }
        assert!(seen.iter().all(|times| *times == 1));
        assert!(tiles.is_sorted_by(|a, b| a.stride >= b.stride) && tiles[0].stride > 1);
        assert!(tiles.iter().enumerate().all(|(id, tile)| tile.id == id && tile.indices.len() == 2));
    }
}
