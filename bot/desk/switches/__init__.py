"""What tests may switch under `/_desk/`: faults, conditions, windows onto what happened."""
