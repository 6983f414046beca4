import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.simpleworkflow.AmazonSimpleWorkflowClientBuilder;
import com.amazonaws.services.simpleworkflow.model.RecordActivityTaskHeartbeatRequest;

/** One heartbeat by the AWS SDK for Java v1, which knows nothing but its environment. Prints what it made of the answer. */
public class HeartbeatV1 {
    public static void main(String[] args) {
        var builder = AmazonSimpleWorkflowClientBuilder.standard();
        String relay = System.getenv("RELAY");
        if (relay != null) {
            builder.withEndpointConfiguration(new EndpointConfiguration(relay, System.getenv("AWS_REGION")));
        }
        var heartbeat = new RecordActivityTaskHeartbeatRequest().withTaskToken(System.getenv("TASK_TOKEN"));
        try {
            System.out.println(builder.build().recordActivityTaskHeartbeat(heartbeat).getCancelRequested());
        } catch (RuntimeException fault) {
            for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
                System.out.println(cause);
            }
        }
    }
}
