//! The machine that a pickle is a program for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::PickleError;
use super::globals::{Global, named};
use super::value::{Id, TensorValue, Value};

/// Values that a pickle may make: a model of ten thousand tensors makes some hundred thousand.
const MOST_VALUES: usize = 1_000_000;

/// Axes that a tensor may have.
const MOST_AXES: usize = 64;

/// What a pickle made.
#[derive(Debug)]
pub struct Pickle {
    values: Vec<Value>,
    root: Id,
}

impl Pickle {
    /// What it is all about.
    pub fn root(&self) -> &Value {
        self.get(self.root)
    }

    /// A value by its number.
    pub fn get(&self, id: Id) -> &Value {
        &self.values[id as usize]
    }

    /// The entries of a dictionary whose keys are texts.
    pub fn entries<'a>(&'a self, value: &'a Value) -> impl Iterator<Item = (Arc<str>, &'a Value)> + 'a {
        let pairs = if let Value::Dict(pairs) = value { pairs.as_slice() } else { &[] };
        pairs.iter().filter_map(|(key, value)| match self.get(*key) {
            Value::Text(key) => Some((Arc::clone(key), self.get(*value))),
            _ => None,
        })
    }
}

/// Reads a pickle.
///
/// # Errors
/// If it is none, is cut off, makes more values than a checkpoint has, or asks for something unknown to be called.
pub fn load(bytes: &[u8]) -> Result<Pickle, PickleError> {
    let mut machine = Machine {
        bytes,
        at: 0,
        code_at: 0,
        values: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: BTreeMap::new(),
    };
    loop {
        machine.code_at = machine.at;
        let code = machine.byte()?;
        if code == b'.' {
            let root = machine.pop()?;
            return Ok(Pickle { values: machine.values, root });
        }
        machine.step(code)?;
    }
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the instruction stands that is being done.
    code_at: usize,
    values: Vec<Value>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: BTreeMap<u64, Id>,
}

type Done = Result<(), PickleError>;

impl Machine<'_> {
    fn step(&mut self, code: u8) -> Done {
        match code {
            // PROTO, FRAME: how it is written.
            0x80 => self.take(1).map(|_| ()),
            0x95 => self.take(8).map(|_| ()),
            b'(' | b'0' | b'1' | b'2' | b'q' | b'r' | 0x94 | b'h' | b'j' => self.arrange(code),
            b'J' | b'K' | b'M' | 0x8a | b'G' | b'N' | 0x88 | 0x89 => self.number(code),
            b'X' | 0x8c | 0x8d | b'U' | b'T' | b'B' | b'C' | 0x8e => self.string(code),
            b'}' | b']' | b')' | 0x8f | 0x85..=0x87 | b't' | b'l' | b'd' | 0x91 => self.collection(code),
            b's' | b'u' | b'a' | b'e' | 0x90 | b'b' => self.fill(code),
            b'c' | 0x93 | b'R' | 0x81 | b'Q' => self.object(code),
            code => Err(PickleError::Unknown { code, at: self.code_at }),
        }
    }

    /// Marks, what is dropped and doubled, and what is remembered.
    fn arrange(&mut self, code: u8) -> Done {
        match code {
            b'(' => self.marks.push(self.stack.len()),
            b'0' => _ = self.pop()?,
            b'1' => _ = self.since_mark()?,
            b'2' => self.stack.push(self.top()?),
            b'q' | b'r' | 0x94 => {
                let key = match code {
                    b'q' => self.little(1)?,
                    b'r' => self.little(4)?,
                    _ => self.memo.len() as u64,
                };
                self.memo.insert(key, self.top()?);
            }
            _ => {
                let key = self.little(if code == b'h' { 1 } else { 4 })?;
                let known = self.memo.get(&key).copied();
                self.stack.push(known.ok_or(self.operands())?);
            }
        }
        // What only names values costs memory as well.
        let most = self.stack.len().max(self.marks.len()).max(self.memo.len());
        match most > MOST_VALUES {
            true => Err(PickleError::TooMany(MOST_VALUES)),
            false => Ok(()),
        }
    }

    fn number(&mut self, code: u8) -> Done {
        let value = match code {
            b'J' => Value::Int(i64::from(self.little(4)? as u32 as i32)),
            b'K' => Value::Int(self.little(1)? as i64),
            b'M' => Value::Int(self.little(2)? as i64),
            0x8a => {
                let length = self.little(1)? as usize;
                whole(self.take(length)?)
            }
            b'G' => self.take(8).map(|_| Value::Opaque)?,
            _ => Value::Opaque,
        };
        self.push(value)
    }

    fn string(&mut self, code: u8) -> Done {
        let length = match code {
            0x8c | b'U' | b'C' => self.little(1)?,
            b'X' | b'T' | b'B' => self.little(4)?,
            _ => self.little(8)?,
        };
        let bytes = self.take(usize::try_from(length).map_err(|_| PickleError::Ends)?)?;
        let is_text = matches!(code, b'X' | 0x8c | 0x8d | b'U' | b'T');
        let text = std::str::from_utf8(bytes).ok().filter(|_| is_text);
        let value = text.map_or(Value::Opaque, |text| Value::Text(text.into()));
        self.push(value)
    }

    fn collection(&mut self, code: u8) -> Done {
        let value = match code {
            b'}' => Value::Dict(Vec::new()),
            b'd' => Value::Dict(self.pairs()?),
            0x85..=0x87 => {
                let from = self.stack.len().checked_sub(usize::from(code - 0x84)).ok_or(self.operands())?;
                Value::List(self.stack.split_off(from))
            }
            b't' | b'l' | 0x91 => Value::List(self.since_mark()?),
            _ => Value::List(Vec::new()),
        };
        self.push(value)
    }

    /// What is put into what is there. What is no collection keeps its state to itself.
    fn fill(&mut self, code: u8) -> Done {
        let (mut items, mut pairs) = (Vec::new(), Vec::new());
        match code {
            b'u' => pairs = self.pairs()?,
            b's' => {
                let value = self.pop()?;
                pairs.push((self.pop()?, value));
            }
            b'a' => items.push(self.pop()?),
            b'e' | 0x90 => items = self.since_mark()?,
            _ => _ = self.pop()?,
        }
        let top = self.top()?;
        match &mut self.values[top as usize] {
            Value::Dict(known) => known.extend(pairs),
            Value::List(known) => known.extend(items),
            _ => {}
        }
        Ok(())
    }

    /// What would be looked up and called.
    fn object(&mut self, code: u8) -> Done {
        let value = match code {
            b'c' => Value::Global(named(self.line()?, self.line()?)?),
            0x93 => {
                let [module, name] = self.pop_two()?.map(|id| self.values[id as usize].clone());
                let (Value::Text(module), Value::Text(name)) = (module, name) else {
                    return Err(self.operands());
                };
                Value::Global(named(&module, &name)?)
            }
            b'Q' => {
                let id = self.pop()?;
                self.storage(id)?
            }
            _ => {
                let [callee, arguments] = self.pop_two()?;
                self.called(callee, arguments)?
            }
        };
        self.push(value)
    }

    /// What a call stands for.
    fn called(&self, callee: Id, arguments: Id) -> Result<Value, PickleError> {
        let (callee, arguments) = (&self.values[callee as usize], self.list(arguments)?);
        match (callee, arguments) {
            (Value::Global(Global::Dict), _) => Ok(Value::Dict(Vec::new())),
            (Value::Global(Global::Opaque), _) => Ok(Value::Opaque),
            (Value::Global(Global::Parameter), [data, ..]) => match &self.values[*data as usize] {
                Value::Tensor(tensor) => Ok(Value::Tensor(tensor.clone())),
                _ => Ok(Value::Opaque),
            },
            (Value::Global(Global::Tensor), [storage, offset, shape, strides, ..]) => {
                self.tensor(*storage, *offset, *shape, *strides).map(|tensor| Value::Tensor(Box::new(tensor)))
            }
            _ => Err(self.operands()),
        }
    }

    fn tensor(&self, storage: Id, offset: Id, shape: Id, strides: Id) -> Result<TensorValue, PickleError> {
        let Value::Storage { kind, key, numbers } = &self.values[storage as usize] else {
            return Err(self.operands());
        };
        let counts = |id: Id| {
            // A list may be named again and again, and is copied each time.
            let ids = Some(self.list(id)?).filter(|ids| ids.len() <= MOST_AXES).ok_or(self.operands())?;
            ids.iter().map(|id| self.count(*id)).collect::<Result<Vec<_>, _>>()
        };
        let (shape, strides, offset) = (counts(shape)?, counts(strides)?, self.count(offset)?);
        match shape.len() == strides.len() {
            true => Ok(TensorValue {
                kind: *kind,
                key: Arc::clone(key),
                numbers: *numbers,
                offset,
                shape,
                strides,
            }),
            false => Err(self.operands()),
        }
    }

    /// A storage by what `torch.save` calls it: ("storage", its kind, its file, where it was, how many numbers).
    fn storage(&self, id: Id) -> Result<Value, PickleError> {
        let [_, kind, key, _, numbers] = self.list(id)?[..] else { return Err(self.operands()) };
        match (&self.values[kind as usize], &self.values[key as usize]) {
            (Value::Global(Global::Storage(kind)), Value::Text(key)) => {
                Ok(Value::Storage { kind: *kind, key: Arc::clone(key), numbers: self.count(numbers)? })
            }
            _ => Err(self.operands()),
        }
    }

    fn list(&self, id: Id) -> Result<&[Id], PickleError> {
        match &self.values[id as usize] {
            Value::List(ids) => Ok(ids),
            _ => Err(self.operands()),
        }
    }

    fn count(&self, id: Id) -> Result<usize, PickleError> {
        match &self.values[id as usize] {
            Value::Int(number) => usize::try_from(*number).map_err(|_| self.operands()),
            _ => Err(self.operands()),
        }
    }

    fn push(&mut self, value: Value) -> Done {
        if self.values.len() >= MOST_VALUES {
            return Err(PickleError::TooMany(MOST_VALUES));
        }
        self.stack.push(self.values.len() as Id);
        self.values.push(value);
        Ok(())
    }

    /// The value on top, above the last mark.
    fn top(&self) -> Result<Id, PickleError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        self.stack.get(floor..).and_then(<[Id]>::last).copied().ok_or(self.operands())
    }

    fn pop(&mut self) -> Result<Id, PickleError> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn pop_two(&mut self) -> Result<[Id; 2], PickleError> {
        let second = self.pop()?;
        Ok([self.pop()?, second])
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, PickleError> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        Ok(self.stack.split_off(mark.ok_or(self.operands())?))
    }

    fn pairs(&mut self) -> Result<Vec<(Id, Id)>, PickleError> {
        let items = self.since_mark()?;
        let (pairs, rest) = items.as_chunks::<2>();
        if rest.is_empty() {
            Ok(pairs.iter().map(|[key, value]| (*key, *value)).collect())
        } else {
            Err(self.operands())
        }
    }

    fn operands(&self) -> PickleError {
        PickleError::Operands { at: self.code_at }
    }
}

impl<'a> Machine<'a> {
    fn byte(&mut self) -> Result<u8, PickleError> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], PickleError> {
        let end = self.at.checked_add(count).ok_or(PickleError::Ends)?;
        let taken = self.bytes.get(self.at..end).ok_or(PickleError::Ends)?;
        self.at = end;
        Ok(taken)
    }

    fn little(&mut self, bytes: usize) -> Result<u64, PickleError> {
        Ok(self.take(bytes)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A name up to the end of its line.
    fn line(&mut self) -> Result<&'a str, PickleError> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n').ok_or(PickleError::Ends)?;
        self.at += length + 1;
        std::str::from_utf8(&rest[..length]).map_err(|_| self.operands())
    }
}

/// A whole number of any length, two's complement.
fn whole(bytes: &[u8]) -> Value {
    if bytes.len() > 8 {
        return Value::Opaque;
    }
    let sign = if bytes.last().is_some_and(|last| last >> 7 == 1) { 0xff } else { 0 };
    let mut eight = [sign; 8];
    eight[..bytes.len()].copy_from_slice(bytes);
    Value::Int(i64::from_le_bytes(eight))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        load(bytes).unwrap_err().to_string()
    }

    #[test]
    fn whatever_would_be_called_is_named_and_not_called() {
        assert_eq!(
            refused(b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R."),
            "it asks for os.system to be called"
        );
        assert_eq!(
            refused(b"\x80\x04\x8c\x05posix\x8c\x06system\x93)R."),
            "it asks for posix.system to be called"
        );
        assert_eq!(refused(b"\x80\x02c__main__\nNet\n)\x81}b."), "it asks for __main__.Net to be called");
        // Instructions of old protocols that call without a name having been looked up.
        assert_eq!(
            refused(b"(S'ls'\nios\nsystem\n."),
            "its byte 1 is the instruction 0x53, which torch.save does not write"
        );
    }

    #[test]
    fn values_are_made_as_python_makes_them() {
        // pickle.dumps({"a": [1, -2, 70000], "b": 2**40, "c": None, 5: "x"}, 2)
        let bytes = b"\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01J\xfe\xff\xff\xffJp\x11\x01\x00eX\x01\x00\x00\x00bq\x03\x8a\x06\x00\x00\x00\x00\x00\x01X\x01\x00\x00\x00cq\x04NK\x05X\x01\x00\x00\x00xq\x05u.";
        let pickle = load(bytes).unwrap();
        let entries: Vec<_> = pickle.entries(pickle.root()).collect();
        let [(a, list), (b, big), (c, none)] = &entries[..] else { panic!("{entries:?}") };
        assert_eq!([&**a, &**b, &**c], ["a", "b", "c"]);
        let Value::List(ids) = list else { panic!("{list:?}") };
        let numbers: Vec<&Value> = ids.iter().map(|id| pickle.get(*id)).collect();
        assert_eq!(numbers, [&Value::Int(1), &Value::Int(-2), &Value::Int(70000)]);
        assert_eq!((*big, *none), (&Value::Int(1 << 40), &Value::Opaque));
    }

    #[test]
    fn neither_depth_nor_circles_nor_nonsense_do_harm() {
        // A tuple of a tuple of … nearly a million deep, and a list that holds itself.
        let deep = [b")".as_slice(), &b"\x85".repeat(900_000), b"."].concat();
        assert!(load(&deep).is_ok());
        assert!(load(b"]q\x00h\x00a.").is_ok());
        assert_eq!(refused(b"\x80\x02}"), "it ends within an instruction");
        assert_eq!(refused(b"\x80\x02}a."), "its instruction at byte 3 finds other values than it needs");
        assert_eq!(refused(b"(}1."), "its instruction at byte 3 finds other values than it needs");
        assert_eq!(refused(b"}s."), "its instruction at byte 1 finds other values than it needs");
        assert_eq!(refused(b"X\xff\xff\xff\xffab"), "it ends within an instruction");
        assert_eq!(refused(&b"N".repeat(1_000_001)), "it makes more than 1000000 values");
        assert_eq!(
            refused(&[b"N".as_slice(), &b"2".repeat(1_000_000)].concat()),
            "it makes more than 1000000 values"
        );
    }
}
