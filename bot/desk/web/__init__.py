"""HTTP: sockets, the door, and who may come to it from where."""
