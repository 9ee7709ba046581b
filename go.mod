module supervisor

go 1.26
