//go:build !unix

package server

func descriptors() int { return unknownDescriptors }
