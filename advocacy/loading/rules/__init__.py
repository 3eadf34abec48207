"""What a folder says, read and checked without asking anyone: every mistake with its file, line and column."""
