import java.net.URI;
import software.amazon.awssdk.services.swf.SwfClient;

/** One heartbeat by the AWS SDK for Java v2, which knows nothing but its environment. Prints what it made of the answer. */
public class HeartbeatV2 {
    public static void main(String[] args) {
        var builder = SwfClient.builder();
        String relay = System.getenv("RELAY");
        if (relay != null) {
            builder.endpointOverride(URI.create(relay));
        }
        try (SwfClient client = builder.build()) {
            String taskToken = System.getenv("TASK_TOKEN");
            System.out.println(client.recordActivityTaskHeartbeat(heartbeat -> heartbeat.taskToken(taskToken)).cancelRequested());
        } catch (RuntimeException fault) {
            for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
                System.out.println(cause);
            }
        }
    }
}
