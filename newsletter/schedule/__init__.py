"""What is due when. APScheduler lives here and only wakes workflows."""
