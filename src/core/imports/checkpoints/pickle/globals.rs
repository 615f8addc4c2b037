//! The functions and classes that a checkpoint may name. None of them is ever called.

use super::PickleError;

/// The kind of a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Numbers of 64 bits.
    Double,
    /// Of 32.
    Float,
    /// Of 16.
    Half,
    /// The upper half of 32.
    BFloat16,
    /// Whole numbers and the like.
    Other,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Global {
    /// A dictionary when it is called.
    Dict,
    /// A tensor, of a storage, an offset, a shape and strides.
    Tensor,
    /// What it is called with first.
    Parameter,
    /// The kind of a storage.
    Storage(Storage),
    /// Something that no model is made of, whatever it is called with.
    Opaque,
}

/// What a name stands for.
///
/// # Errors
/// If it is not known to be harmless.
pub fn named(module: &str, name: &str) -> Result<Global, PickleError> {
    let storage = |kind| Ok(Global::Storage(kind));
    match (module, name) {
        ("collections", "OrderedDict" | "defaultdict" | "Counter")
        | ("builtins" | "__builtin__", "dict")
        | ("lightning_fabric.utilities.data" | "lightning.fabric.utilities.data", "AttributeDict") => {
            Ok(Global::Dict)
        }
        ("torch._utils", "_rebuild_tensor_v2" | "_rebuild_tensor") => Ok(Global::Tensor),
        ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => Ok(Global::Parameter),
        ("torch", "DoubleStorage") => storage(Storage::Double),
        ("torch", "FloatStorage") => storage(Storage::Float),
        ("torch", "HalfStorage") => storage(Storage::Half),
        ("torch", "BFloat16Storage") => storage(Storage::BFloat16),
        ("torch", name) if name.ends_with("Storage") => storage(Storage::Other),
        _ if is_opaque(module, name) => Ok(Global::Opaque),
        _ => Err(PickleError::Executes(format!("{module}.{name}"))),
    }
}

/// Plain data that lie beside a model: settings, counts, random states.
fn is_opaque(module: &str, name: &str) -> bool {
    const TORCH: [&str; 18] = [
        "Size",
        "device",
        "dtype",
        "float64",
        "float32",
        "float16",
        "bfloat16",
        "int64",
        "int32",
        "int16",
        "int8",
        "uint8",
        "bool",
        "complex64",
        "complex128",
        "strided",
        "Generator",
        "contiguous_format",
    ];
    match module {
        "torch" => TORCH.contains(&name),
        "torch.serialization" => name == "_get_layout",
        "builtins" | "__builtin__" => ["set", "frozenset", "complex", "slice", "bytearray"].contains(&name),
        "_codecs" => name == "encode",
        "numpy" => ["dtype", "ndarray"].contains(&name),
        "numpy.core.multiarray" | "numpy._core.multiarray" => ["scalar", "_reconstruct"].contains(&name),
        "pathlib" => ["Path", "PosixPath", "WindowsPath", "PurePosixPath"].contains(&name),
        "argparse" => name == "Namespace",
        "datetime" => ["datetime", "timedelta", "date"].contains(&name),
        _ => false,
    }
}
