"""Tests of losscape_recorder; numpy is all they need, except where a file says otherwise."""
