// One heartbeat by the AWS SDK for Go v1, which knows nothing but its environment. Prints what it made of the answer.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/swf"
)

func main() {
	config := aws.NewConfig()
	if relay := os.Getenv("RELAY"); relay != "" {
		config = config.WithEndpoint(relay)
	}
	client := swf.New(session.Must(session.NewSession(config)))
	answer, err := client.RecordActivityTaskHeartbeat(&swf.RecordActivityTaskHeartbeatInput{
		TaskToken: aws.String(os.Getenv("TASK_TOKEN"))})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(*answer.CancelRequested)
}
