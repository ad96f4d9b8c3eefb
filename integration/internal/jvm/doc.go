// Package jvm runs what the engines of the JVM need: it finds a Java that is
// new enough, and runs a program that ends when the test does, whatever ends
// the test.
package jvm
