package main

import "github.com/rowsight/rowsight/predicate"

func main() { println(predicate.All().String()) }
