"""What tests of the web app share: the browser's looks, checks of what is on a page, and the pages' addresses."""
