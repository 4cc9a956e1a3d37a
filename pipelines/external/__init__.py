"""What was made elsewhere: checkpoints, features, arrays; read and checked."""
