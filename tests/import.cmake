# Tests of import/.
