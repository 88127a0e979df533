"""Creates or adopts, in the emulator, each resource of a type that services touch."""
