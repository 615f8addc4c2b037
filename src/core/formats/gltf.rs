//! Documents of glTF 2.0 in their binary form.
//!
//! After the [specification](https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html): a header, a chunk of
//! JSON and a chunk of numbers, all little-endian and in multiples of four bytes. The numbers are written from
//! where they lie: a document holds no copy of them.

use std::io::{self, Write};

use serde_json::{Value, json};

/// A document in the making: its numbers, and what the JSON says of them.
#[derive(Default)]
pub(super) struct Document<'a> {
    parts: Vec<Part<'a>>,
    /// Bytes of all parts.
    bytes: usize,
    views: Vec<Value>,
    accessors: Vec<Value>,
}

/// Writes some of the numbers.
type Part<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + 'a>;

/// What numbers are used for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Something that each vertex has.
    Vertices,
    /// The vertices of triangles.
    Corners,
    /// Keys of an animation.
    Keys,
}

/// A kind of number that the format knows.
pub(super) trait Component: Copy {
    /// The format's number for it.
    const KIND: u32;
    /// Whether it stands for a share of 1.
    const IS_SHARE: bool;

    /// Adds its bytes.
    fn push(self, bytes: &mut Vec<u8>);
}

impl Component for f32 {
    const KIND: u32 = 5126;
    const IS_SHARE: bool = false;

    fn push(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }
}

impl Component for u32 {
    const KIND: u32 = 5125;
    const IS_SHARE: bool = false;

    fn push(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }
}

impl Component for u16 {
    const KIND: u32 = 5123;
    const IS_SHARE: bool = true;

    fn push(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }
}

impl Use {
    /// The format's number for it, where it has one.
    fn target(self) -> Option<u32> {
        match self {
            Self::Vertices => Some(34962),
            Self::Corners => Some(34963),
            Self::Keys => None,
        }
    }
}

/// The format's names for one to four numbers that belong together.
const NAMES: [&str; 4] = ["SCALAR", "VEC2", "VEC3", "VEC4"];

/// Most bytes of a file: its length has 32 bits.
pub(super) const MOST_BYTES: usize = u32::MAX as usize;

impl<'a> Document<'a> {
    /// Adds numbers, and returns the number of their accessor.
    pub(super) fn add<T: Component, const N: usize>(
        &mut self,
        used: Use,
        items: impl ExactSizeIterator<Item = [T; N]> + Clone + 'a,
    ) -> usize {
        let length = items.len() * N * size_of::<T>();
        let (count, name) = match used {
            Use::Corners => (N * items.len(), NAMES[0]),
            Use::Vertices | Use::Keys => (items.len(), NAMES[N - 1]),
        };
        let mut view = json!({ "buffer": 0, "byteOffset": self.bytes, "byteLength": length });
        if let Some(target) = used.target() {
            view["target"] = target.into();
        }
        let mut accessor =
            json!({ "bufferView": self.views.len(), "componentType": T::KIND, "count": count, "type": name });
        if T::IS_SHARE {
            accessor["normalized"] = true.into();
        }
        self.parts.push(Box::new(move |file| write_numbers(file, items.clone())));
        self.bytes += length;
        self.views.push(view);
        self.accessors.push(accessor);
        self.accessors.len() - 1
    }

    /// The same, with the lowest and highest of each component, which the format asks for of positions and times.
    pub(super) fn add_bounded<const N: usize>(
        &mut self,
        used: Use,
        items: impl ExactSizeIterator<Item = [f32; N]> + Clone + 'a,
    ) -> usize {
        let around = |[low, high]: [[f32; N]; 2], item: [f32; N]| {
            [std::array::from_fn(|i| low[i].min(item[i])), std::array::from_fn(|i| high[i].max(item[i]))]
        };
        let [low, high] = items.clone().fold([[f32::INFINITY; N], [f32::NEG_INFINITY; N]], around);
        let number = self.add(used, items);
        self.accessors[number]["min"] = low.as_slice().into();
        self.accessors[number]["max"] = high.as_slice().into();
        number
    }

    /// Bytes of its numbers.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Writes it. `json` is the document but for its buffers and accessors.
    ///
    /// # Errors
    /// If the file cannot be written, or would be longer than the format can say.
    pub(super) fn write(&self, mut file: impl Write, mut json: Value) -> io::Result<()> {
        json["accessors"] = self.accessors.as_slice().into();
        json["bufferViews"] = self.views.as_slice().into();
        json["buffers"] = json!([{ "byteLength": self.bytes }]);
        let mut json = serde_json::to_vec(&json)?;
        json.resize(json.len().next_multiple_of(4), b' ');
        let whole = 12 + 8 + json.len() + 8 + self.bytes;
        let whole = u32::try_from(whole).map_err(|_| io::ErrorKind::FileTooLarge)?;
        file.write_all(b"glTF")?;
        write_numbers(&mut file, [[2, whole]])?;
        write_numbers(&mut file, [[json.len() as u32, u32::from_le_bytes(*b"JSON")]])?;
        file.write_all(&json)?;
        write_numbers(&mut file, [[self.bytes as u32, u32::from_le_bytes(*b"BIN\0")]])?;
        self.parts.iter().try_for_each(|part| part(&mut file))
    }
}

fn write_numbers<T: Component, const N: usize>(
    file: &mut (impl Write + ?Sized),
    items: impl IntoIterator<Item = [T; N]>,
) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(N * size_of::<T>());
    items.into_iter().try_for_each(|item| {
        bytes.clear();
        item.into_iter().for_each(|number| number.push(&mut bytes));
        file.write_all(&bytes)
    })
}

/// Positions, normals, colours (linear: red, green, blue and opacity) and triangles as a mesh of one part, to
/// be drawn with the first material.
pub(super) fn mesh<'a>(
    document: &mut Document<'a>,
    positions: impl ExactSizeIterator<Item = [f32; 3]> + Clone + 'a,
    normals: impl ExactSizeIterator<Item = [f32; 3]> + Clone + 'a,
    colors: impl ExactSizeIterator<Item = [u16; 4]> + Clone + 'a,
    corners: usize,
) -> Value {
    let position = document.add_bounded(Use::Vertices, positions);
    let normal = document.add(Use::Vertices, normals);
    let color = document.add(Use::Vertices, colors);
    json!({ "primitives": [{
        "attributes": { "POSITION": position, "NORMAL": normal, "COLOR_0": color },
        "indices": corners,
        "material": 0,
    }] })
}

/// The one material: it takes its colour from the vertices, and is dull.
pub(super) fn material() -> Value {
    json!({ "doubleSided": true, "pbrMetallicRoughness": { "metallicFactor": 0.0, "roughnessFactor": 0.9 } })
}
