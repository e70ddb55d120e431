"""What learners have completed, what that unlocks, and the learning path they see."""
