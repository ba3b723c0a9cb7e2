module brainsweep

go 1.26
