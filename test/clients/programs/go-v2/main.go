// One heartbeat by the AWS SDK for Go v2, which knows nothing but its environment. Prints what it made of the answer.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/swf"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	client := swf.NewFromConfig(cfg, func(o *swf.Options) {
		if relay := os.Getenv("RELAY"); relay != "" {
			o.BaseEndpoint = aws.String(relay)
		}
	})
	answer, err := client.RecordActivityTaskHeartbeat(ctx, &swf.RecordActivityTaskHeartbeatInput{
		TaskToken: aws.String(os.Getenv("TASK_TOKEN"))})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.CancelRequested)
}
