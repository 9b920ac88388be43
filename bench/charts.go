package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/strata-go/strata/bench/internal/charts"
	"github.com/strata-go/strata/bench/internal/harness"
)

// readReport reads what -out wrote.
func readReport(path string) (*harness.Report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	report := new(harness.Report)
	if err := json.Unmarshal(text, report); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return report, nil
}

// drawCharts reads what -out wrote and draws beside it.
func drawCharts(w io.Writer, path string) error {
	report, err := readReport(path)
	if err != nil {
		return err
	}
	files, err := charts.Write(filepath.Dir(path), report, charts.All())
	for _, name := range files {
		fmt.Fprintln(w, name)
	}
	return err
}

// pageTemplate is what docs/performance.md is made from, seen from this module.
const pageTemplate = "../docs/performance.md.tmpl"

// writePage prints docs/performance.md with the figures of what -out wrote.
func writePage(w io.Writer, path string) error {
	text, err := os.ReadFile(pageTemplate)
	if err != nil {
		return err
	}
	report, err := readReport(path)
	if err != nil {
		return err
	}
	return harness.WritePage(w, string(text), report)
}
