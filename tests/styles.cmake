# Tests of styles/.
