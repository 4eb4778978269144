"""The commands that fit and judge the view model: `make view-model` and `make view-report`."""
