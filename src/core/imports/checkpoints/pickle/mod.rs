//! Python's pickles, as `torch.save` writes them: read, and never executed.
//!
//! A pickle is a program for a machine with a stack. Here it makes values alone: what it asks to be called is
//! known by name ([`globals`]) and stands for something without being called, or the pickle is refused with the
//! name. Values refer to each other by number, so that neither a deep nor a circular one can exhaust anything.
//! The opcodes are those of CPython's `pickletools`, protocols 2 to 5.

mod globals;
mod machine;
mod value;

pub use globals::Storage;
pub use machine::{Pickle, load};
pub use value::{TensorValue, Value};

/// Why a pickle is not read. The texts go on where it has been named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PickleError {
    /// It asks for something that is not known to be harmless.
    #[error("it asks for {0} to be called")]
    Executes(String),
    /// It ends too early.
    #[error("it ends within an instruction")]
    Ends,
    /// No instruction that is known.
    #[error("its byte {at} is the instruction 0x{code:02x}, which torch.save does not write")]
    Unknown {
        /// The instruction.
        code: u8,
        /// Where it stands, from 0.
        at: usize,
    },
    /// It takes what is not there.
    #[error("its instruction at byte {at} finds other values than it needs")]
    Operands {
        /// Where it stands, from 0.
        at: usize,
    },
    /// It makes more values than a checkpoint has.
    #[error("it makes more than {0} values")]
    TooMany(usize),
}
