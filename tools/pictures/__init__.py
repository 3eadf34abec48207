"""The scenes of the sample kits, drawn as flat shapes."""
