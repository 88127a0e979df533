"""Identity: people sign in, stay signed in, sign out, and choose a new password by e-mail."""
