package goja

//go:generate go run ./internal/gensobek
