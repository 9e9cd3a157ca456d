"""Do the tests bite? Small faults are put into symgd, and the tests that run the faulty line must find them."""
