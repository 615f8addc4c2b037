"""The format: what is written is read, byte by byte, whatever is cut off or changed."""

import math
import os
import tempfile
import unittest
from pathlib import Path

import numpy as np

from losscape_recorder import Recording, frames

from . import golden


class Format(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "run.lsr"
        self.content = golden.content()

    def written(self, content):
        self.path.write_bytes(content)
        return Recording(self.path)

    def test_the_golden_recording_is_written_to_the_byte(self):
        self.assertEqual(golden.GOLDEN.read_bytes(), self.content)

    def test_what_is_written_is_read(self):
        recording = self.written(self.content)
        self.assertEqual(recording.header, golden.HEADER)
        self.assertEqual(recording.steps, [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12])
        self.assertEqual(list(recording.losses), list(range(13)))
        for step in recording.steps:
            np.testing.assert_array_equal(recording.theta(step), golden.theta(step))
        self.assertEqual(recording.losses[4], (0.2, 0.4))
        self.assertEqual(recording.losses[11][0], 1 / 12)
        self.assertTrue(math.isnan(recording.losses[11][1]) and math.isnan(recording.losses[12][0]))
        self.assertEqual([step for step, _ in recording.words], [8])
        self.assertTrue(recording.has_ended)
        self.assertIsNone(recording.damage)

    def test_cut_off_anywhere_it_gives_every_whole_frame(self):
        ends, whole = self.frame_ends()
        for length in range(len(self.content)):
            self.path.write_bytes(self.content[:length])
            if length < ends[1]:
                with self.assertRaisesRegex(ValueError, "cut off after byte|no header yet"):
                    Recording(self.path)
                continue
            recording = Recording(self.path)
            last = max(end for end in ends if end <= length)
            self.assertEqual(len(recording.losses), whole[last], length)
            self.assertEqual(recording.damage, None if last == length else f"cut off after byte {last}")
            self.assertFalse(recording.has_ended)

    def test_a_changed_byte_ends_what_is_read_and_is_told(self):
        ends, whole = self.frame_ends()
        for place in range(ends[1], len(self.content)):
            changed = bytearray(self.content)
            changed[place] ^= 0x41
            recording = self.written(bytes(changed))
            last = max(end for end in ends if end <= place)
            self.assertEqual(len(recording.losses), whole[last], place)
            self.assertIn(f"after byte {last}", recording.damage)

    def test_it_is_followed_while_it_grows_in_pieces_of_any_size(self):
        self.path.write_bytes(self.content[:600])
        with self.assertRaises(ValueError):
            Recording(self.path)
        start = self.frame_ends()[0][1]
        recording = self.written(self.content[:start])
        for end in range(start, len(self.content) + 7, 7):
            with open(self.path, "ab") as file:
                file.write(self.content[end : end + 7])
            recording.refresh()
        self.assertTrue(recording.has_ended)
        np.testing.assert_array_equal(recording.theta(12), golden.theta(12))

    def test_a_file_that_shrank_or_is_another_is_read_again(self):
        recording = self.written(self.content)
        self.path.write_bytes(self.content[: self.frame_ends()[0][3]])
        recording.refresh()
        self.assertEqual(recording.steps, [0, 1])
        head = frames.pack_json(frames.HEADER, {**golden.HEADER, "id": "0" * 32})
        other = frames.RECORDING + head + self.content[self.frame_ends()[0][1] :]
        self.path.write_bytes(other)
        recording.refresh()
        self.assertEqual(recording.header["id"], "0" * 32)
        self.assertEqual(len(recording.steps), 11)
        beside = self.path.with_name("beside")
        beside.write_bytes(self.content + bytes(1000))
        os.replace(beside, self.path)
        recording.refresh()
        self.assertEqual(recording.header["id"], golden.HEADER["id"])
        self.assertIn("check sum", recording.damage)

    def test_what_is_no_recording_is_refused_with_what_it_is(self):
        for content, words in [(b"", "cut off after byte 0"), (b"epoch 1: loss 0.5\n", "begins with b'epoch 1:'")]:
            with self.assertRaisesRegex(ValueError, words):
                self.written(content)
        endless = frames.RECORDING + bytes([1]) + (1 << 62).to_bytes(8, "little")
        with self.assertRaisesRegex(ValueError, "a frame of 4611686018427387904 bytes; expected at most 2147483648"):
            self.written(endless)

    def frame_ends(self):
        """Where frames end, and how many losses are known there."""
        place, ends, whole, losses = 8, [8], {8: 0}, 0
        while place < len(self.content):
            kind, length = self.content[place], int.from_bytes(self.content[place + 1 : place + 9], "little")
            place += 13 + length
            losses += kind in (frames.CHECKPOINT, frames.LOSS)
            ends.append(place)
            whole[place] = losses
        return ends, whole


if __name__ == "__main__":
    unittest.main()
