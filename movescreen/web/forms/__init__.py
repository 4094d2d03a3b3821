"""What forms of the pages send, read and checked; every mistake is told beside its question, and what was typed stays."""
