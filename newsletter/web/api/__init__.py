"""The interface for programs at `/api`: the operations of the command line, in the same shapes."""
