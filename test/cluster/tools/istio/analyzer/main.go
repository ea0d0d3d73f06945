// Command analyzer runs every analyzer of Istio on YAML files alone.
//
// istioctl drops the core kinds of files and then skips the analyzers that need them; the source used here keeps both.
// Arguments are files. It prints {"messages": [...], "skipped": [...]} and ends with 0 whatever it found, 2 if it could not run.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/local"
	"istio.io/istio/pkg/log"
)

type report struct {
	Messages []map[string]any `json:"messages"`
	Skipped  []string         `json:"skipped"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "analyzer:", err)
		os.Exit(2)
	}
}

func run(files []string) error {
	if err := quiet(); err != nil {
		return err
	}
	source := local.NewSourceAnalyzer(analyzers.AllCombined(), "", "istio-system", nil)
	readers := make([]local.ReaderSource, 0, len(files))
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		readers = append(readers, local.ReaderSource{Name: name, Reader: file})
	}
	if err := source.AddTestReaderKubeSource(readers); err != nil {
		return fmt.Errorf("reading the files: %w", err)
	}
	result, err := source.Analyze(make(chan struct{}))
	if err != nil {
		return fmt.Errorf("analyzing: %w", err)
	}
	out := report{Messages: []map[string]any{}, Skipped: append([]string{}, result.SkippedAnalyzers...)}
	for i := range result.Messages {
		out.Messages = append(out.Messages, result.Messages[i].Unstructured(true))
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// quiet keeps the libraries' own log lines off standard output.
func quiet() error {
	options := log.DefaultOptions()
	options.SetDefaultOutputLevel(log.OverrideScopeName, log.ErrorLevel)
	return log.Configure(options)
}
