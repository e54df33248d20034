module difftest

go 1.26
