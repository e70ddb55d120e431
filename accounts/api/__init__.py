"""What every API view stands on: who calls, where they act, and how parameters only ever narrow."""
