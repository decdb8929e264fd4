"""What ``manage.py check`` says about this installation."""
