from lms_tracker.cli import main

main()
