//! The rectangle of a picture in which it differs from the one before: all that an animation has to store.

/// A rectangle in pixels; at least one pixel wide and high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First column.
    pub left: usize,
    /// First row.
    pub top: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Region {
    /// All of a picture.
    pub fn whole([width, height]: [usize; 2]) -> Self {
        Self { left: 0, top: 0, width, height }
    }

    /// The smallest that holds all differences between two pictures of `width` pixels a row. Where there are
    /// none it is the first pixel: a frame has to hold something.
    pub fn of_change<P: PartialEq>(old: &[P], new: &[P], width: usize) -> Self {
        let rows = || old.chunks_exact(width).zip(new.chunks_exact(width)).enumerate();
        let mut changed = rows().filter(|(_, (old, new))| old != new).map(|(row, _)| row);
        let Some(top) = changed.next() else { return Self { left: 0, top: 0, width: 1, height: 1 } };
        let bottom = changed.last().unwrap_or(top);
        let (mut left, mut right) = (width - 1, 0);
        for (_, (old, new)) in rows().skip(top).take(bottom + 1 - top) {
            let differs = |column: &usize| old[*column] != new[*column];
            left = (0..left).find(differs).unwrap_or(left);
            right = (right + 1..width).rev().find(differs).unwrap_or(right);
        }
        Self { left, top, width: right + 1 - left, height: bottom + 1 - top }
    }

    /// The parts of a picture's rows that lie in it, with the place of each part's first pixel.
    pub fn rows<'a, P>(&self, picture: &'a [P], width: usize) -> impl Iterator<Item = &'a [P]> {
        let Self { left, top, width: across, height } = *self;
        (top..top + height).map(move |row| &picture[row * width + left..][..across])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rectangle_holds_every_difference_and_no_row_or_column_more() {
        let old = [0_u8; 20];
        let change = |places: &[usize]| {
            let mut new = old;
            places.iter().for_each(|&place| new[place] = 1);
            let region = Region::of_change(&old, &new, 5);
            (region.left, region.top, region.width, region.height)
        };
        assert_eq!(change(&[]), (0, 0, 1, 1));
        assert_eq!(change(&[0]), (0, 0, 1, 1));
        assert_eq!(change(&[19]), (4, 3, 1, 1));
        assert_eq!(change(&[7, 13]), (2, 1, 2, 2));
        assert_eq!(change(&[8, 11]), (1, 1, 3, 2));
        assert_eq!(change(&[4, 15]), (0, 0, 5, 4));
        let numbers: Vec<usize> = (0..20).collect();
        let region = Region { left: 1, top: 2, width: 3, height: 2 };
        assert_eq!(region.rows(&numbers, 5).collect::<Vec<_>>(), [[11, 12, 13], [16, 17, 18]]);
    }
}
